import { execFile } from "node:child_process";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { limits } from "runfold";
import { teamInput, teamStep, teamWorld } from "./team-world.ts";

const run = promisify(execFile);
const graph = JSON.stringify(teamInput([teamStep("a")]));

type Prepare = (root: string) => Promise<unknown>;
const file =
  (name: string, text: string): Prepare =>
  (root) =>
    writeFile(join(root, name), text);

describe("a graph in a file", () => {
  test("is started as one in the call is", async () => {
    const { root, call } = await teamWorld();
    await mkdir(join(root, "graphs"));
    await file("graphs/team.json", graph)(root);
    const result = await call({ action: "start", graphFile: "graphs/team.json" });
    expect(result).toMatchObject({ ok: true, details: { run: { runId: "r1" }, steps: [{ id: "a" }] } });
  });

  test.each<[string, string, Prepare, string]>([
    ["leaves the directory", "../outside.json", async () => undefined, "path-escape-denied"],
    ["is absolute", "/etc/passwd.json", async () => undefined, "absolute-denied"],
    ["is no .json", "team.txt", file("team.txt", graph), "extension-invalid"],
    ["is not there", "none.json", async () => undefined, "unreadable"],
    ["has a NUL in its name", "a\0.json", async () => undefined, "path-invalid"],
    ["is a directory", "dir.json", (root) => mkdir(join(root, "dir.json")), "not-file"],
    ["is too large", "big.json", file("big.json", " ".repeat(limits.toolGraphFileBytesMax + 1)), "too-large"],
    ["is a pipe", "pipe.json", (root) => run("mkfifo", [join(root, "pipe.json")]), "not-file"],
    [
      "is no text",
      "latin.json",
      (root) => writeFile(join(root, "latin.json"), Buffer.from([0x22, 0xe9, 0x22])),
      "json-invalid",
    ],
    ["is no JSON", "bad.json", file("bad.json", "{"), "json-invalid"],
    ["holds a list", "list.json", file("list.json", "[]"), "object-required"],
    ["holds a call", "call.json", file("call.json", JSON.stringify({ action: "start" })), "control-fields-denied"],
    [
      "is a symlink",
      "link.json",
      async (root) => {
        await file("real.json", graph)(root);
        await symlink("real.json", join(root, "link.json"));
      },
      "symlink-denied",
    ],
    [
      "is reached through one",
      "linked/team.json",
      async (root) => {
        await mkdir(join(root, "real"));
        await file("real/team.json", graph)(root);
        await symlink("real", join(root, "linked"));
      },
      "symlink-denied",
    ],
  ])("that %s is refused", async (_what, graphFile, prepare, code) => {
    const { root, call, executor } = await teamWorld();
    await prepare(root);
    const { details } = await call({ action: "start", graphFile });
    expect(details.diagnostics).toMatchObject([{ code: `graph-file-${code}`, path: "/graphFile" }]);
    expect(executor.attempts).toEqual([]);
  });

  test("that is not as the schema says is told everything that is wrong with it, without a cap", async () => {
    const { root, call } = await teamWorld();
    const steps = Array.from({ length: 8 }, () => teamStep("Not an id"));
    await file("ids.json", JSON.stringify(teamInput(steps)))(root);
    const { details } = await call({ action: "start", graphFile: "ids.json" });
    expect(details.diagnostics.map(({ code, path }) => [code, path])).toEqual(
      steps.map((_, index) => ["graph-file-schema-invalid", `/graph/steps/${index}/id`]),
    );
  });

  test("is not even opened for a call that is wrong itself", async () => {
    const { root, call } = await teamWorld();
    await file("bad.json", "{")(root);
    const { details } = await call({ action: "start", graphFile: "bad.json", cursor: "x" });
    expect(details.diagnostics).toMatchObject([{ code: "start-control-fields-denied", fields: ["cursor"] }]);
  });
});
