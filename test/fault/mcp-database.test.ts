import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { openLibsql } from "../../src/adapters/journals/sqlite-libsql.ts";
import { graphOf, placesWithRuns } from "./mcp-client.ts";
import { rawClients, type RawClient } from "./mcp-raw.ts";
import type { Workplace } from "./cli-process.ts";

const workplace = placesWithRuns();
const raw = rawClients();
const graph = graphOf([{ id: "a", shell: "echo done" }]);
const internal = -32603;

const reads: readonly (readonly [string, object])[] = [
  ["run_list", {}],
  ["run_status", { runId: "r1" }],
  ["run_wait", { runId: "r1", timeoutSeconds: 1 }],
  ["step_result", { runId: "r1", stepId: "a" }],
];
const writes: readonly (readonly [string, object])[] = [
  ["run_start", { graph, id: "r2" }],
  ["run_cancel", { runId: "r1" }],
  ["run_cleanup", { runId: "r1", confirm: true }],
  ["run_message", { runId: "r1", stepId: "a", channel: "steer", text: "Hear me." }],
];

/** A place with the database `kept.db`, in which r1 has ended. */
async function kept(directory = "."): Promise<Workplace> {
  const place = workplace();
  mkdirSync(place.path(directory), { recursive: true });
  const file = place.graph("small", [{ id: "a", shell: "echo done" }]);
  await place.run(["run", file, "--id", "r1", "--db", `${directory}/kept.db`]);
  return place;
}

/** Every tool and resource says the same of the database, and what to do where the server runs. */
async function expectRefusals(client: RawClient, code: string, repair: string): Promise<void> {
  for (const [name, given] of [...reads, ...writes]) {
    const { error } = (await client.call(name, given)) as { error?: { message: string } };
    expect(error, name).toMatchObject({ code, repair: expect.stringContaining(repair) as string });
    // The command's options are not the model's to give.
    expect(error!.message, name).not.toContain("--");
  }
  for (const [method, params] of [
    ["resources/list", {}],
    ["resources/read", { uri: "runfold://runs/r1/graph" }],
  ] as const) {
    const message = expect.stringContaining(`Error ${code}`) as string;
    expect(await client.ask(method, params), method).toMatchObject({ error: { code: internal, message } });
  }
  expect((await client.leave()).stderr).toBe("");
}

describe("runfold mcp on a database", () => {
  it("that is not there reads nothing, and makes none", async () => {
    const place = workplace();
    const client = raw(place);
    await client.open();
    expect(await client.call("run_list", {})).toEqual({ runs: [], omittedRuns: 0 });
    for (const [name, given] of [...reads.slice(1), ...writes.slice(1)]) {
      expect(await client.call(name, given), name).toMatchObject({ error: { code: "run.unknown" } });
    }
    expect(readdirSync(place.directory)).toEqual([]);
  });

  it("that is no database says so", async () => {
    const place = workplace();
    place.excuse("text.db");
    writeFileSync(place.path("text.db"), "This is not a database at all. ".repeat(100));
    const client = raw(place, ["--db", "text.db"]);
    await client.open();
    await expectRefusals(client, "journal.foreign", "Ask whoever runs the server to name another file");
  });

  it("that is a directory says so", async () => {
    const place = workplace();
    place.excuse("folder.db");
    mkdirSync(place.path("folder.db"));
    const client = raw(place, ["--db", "folder.db"]);
    await client.open();
    await expectRefusals(client, "journal.unopenable", "Ask whoever runs the server to see to the file");
  });

  it("of a newer Runfold says so", async () => {
    const place = await kept();
    place.excuse("kept.db");
    execute(place, "PRAGMA user_version = 99");
    const client = raw(place, ["--db", "kept.db"]);
    await client.open();
    await expectRefusals(client, "journal.newer", "Ask whoever runs the server to use a newer Runfold");
  });

  it("with a damaged run says so of that run, and serves the others", async () => {
    const place = await kept();
    place.excuse("kept.db");
    const client = raw(place, ["--db", "kept.db"]);
    await client.open();
    await client.call("run_start", { graph, id: "r0" });
    await client.call("run_wait", { runId: "r0", timeoutSeconds: 50 });
    execute(place, "UPDATE commits SET body = 'damaged' WHERE run = (SELECT number FROM runs WHERE run = 'r1')");
    const next = raw(place, ["--db", "kept.db"]);
    await next.open();
    for (const [name, given] of reads.slice(1)) {
      expect(await next.call(name, given), name).toMatchObject({
        error: { code: "journal.corrupt", repair: expect.stringContaining("restore the database") as string },
      });
    }
    expect(await next.call("run_list", {})).toMatchObject({ runs: [{ id: "r0" }, { id: "r1" }] });
    expect(await next.call("step_result", { runId: "r0", stepId: "a" })).toMatchObject({ output: { text: "done" } });
  });

  it("that may only be read is read, and says what a start would need", async (context) => {
    if (process.getuid?.() === 0 && !canDropRoot()) {
      context.skip("Root may write every file, and this system has no way to be somebody else.");
    }
    const place = await kept("kept");
    chmodSync(place.path("kept/kept.db"), 0o444);
    chmodSync(place.path("kept"), 0o555);
    chmodSync(place.directory, 0o755);
    const through = process.getuid?.() === 0 ? withoutCapabilities : [];
    const client = raw(place, ["--db", "kept/kept.db"], { through });
    await client.open();
    expect(await client.call("run_list", {})).toMatchObject({ runs: [{ id: "r1", status: "succeeded" }] });
    expect(await client.call("step_result", { runId: "r1", stepId: "a" })).toMatchObject({ output: { text: "done" } });
    for (const [name, given] of [writes[0]!, writes[2]!]) {
      expect(await client.call(name, given), name).toMatchObject({
        error: {
          code: "journal.readOnly",
          message: expect.not.stringContaining("--db") as string,
          repair: expect.stringContaining("Ask whoever runs the server to make the database") as string,
        },
      });
    }
    const { stderr } = await client.leave();
    chmodSync(place.path("kept"), 0o755);
    expect(stderr).toBe("");
  });
});

function execute(place: Workplace, statement: string): void {
  const driver = openLibsql(place.path("kept.db"), { readOnly: false });
  try {
    driver.exec(statement);
  } finally {
    driver.close();
  }
}

/** Root without its capabilities is bound to modes like anybody else. */
const withoutCapabilities = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"];

function canDropRoot(): boolean {
  return spawnSync(withoutCapabilities[0]!, [...withoutCapabilities.slice(1), "true"]).status === 0;
}
