import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { sqliteJournal } from "runfold/sqlite";
import { openLibsql } from "../../src/adapters/journals/sqlite-libsql.ts";
import { graphOf, placesWithRuns } from "./mcp-client.ts";
import { rawClients, type RawClient } from "./mcp-raw.ts";
import type { Workplace } from "./cli-process.ts";

const workplace = placesWithRuns();
const raw = rawClients();
const graph = graphOf([{ id: "a", shell: "echo done" }]);

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

interface Told {
  readonly by: string;
  readonly code: string;
  readonly message: string;
  readonly repair: string;
}

/** What every tool and resource tells of the database, and what the server wrote to stderr meanwhile. */
async function toldBy(client: RawClient): Promise<{ readonly told: readonly Told[]; readonly stderr: string }> {
  const told: Told[] = [];
  for (const [name, given] of [...reads, ...writes]) {
    const { error } = (await client.call(name, given)) as { error?: Omit<Told, "by"> };
    told.push({ by: name, code: "none", message: "", repair: "", ...error });
  }
  for (const [method, params] of [
    ["resources/list", {}],
    ["resources/read", { uri: "runfold://runs/r1/graph" }],
  ] as const) {
    const { error } = (await client.ask(method, params)) as { error?: { code: number; data?: Omit<Told, "by"> } };
    told.push({ by: `${method} ${error?.code}`, code: "none", message: "", repair: "", ...error?.data });
  }
  const { stderr } = await client.leave();
  return { told, stderr };
}

/** A file that is not for this server, and what it says of it. */
const unfit: readonly (readonly [string, string, string, (place: Workplace) => Promise<void> | void])[] = [
  [
    "that is no database",
    "journal.foreign",
    "Ask whoever runs the server to name another file",
    (place) => writeFileSync(place.path("kept.db"), "This is not a database at all. ".repeat(100)),
  ],
  [
    "that is a directory",
    "journal.unopenable",
    "Ask whoever runs the server to see to the file",
    (place) => {
      mkdirSync(place.path("kept.db"));
    },
  ],
  [
    "of a newer Runfold",
    "journal.newer",
    "Ask whoever runs the server to use a newer Runfold",
    async (place) => {
      await sqliteJournal(place.path("kept.db")).close();
      execute(place, "PRAGMA user_version = 99");
    },
  ],
];

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

  it.each(unfit)("%s says so in each answer, with what to do where the server runs", async (_, code, repair, make) => {
    const place = workplace();
    place.excuse("kept.db");
    await make(place);
    const client = raw(place, ["--db", "kept.db"]);
    await client.open();
    const { told, stderr } = await toldBy(client);
    expect(told.map(({ by }) => by).slice(-2)).toEqual(["resources/list -32603", "resources/read -32603"]);
    for (const one of told) {
      expect(one).toMatchObject({ code, repair: expect.stringContaining(repair) as string });
      // The command's options are not the model's to give.
      expect(one.message).not.toContain("--");
    }
    expect(stderr).toBe("");
  });

  it("with a damaged run says so of that run, and serves the others", async () => {
    const place = await kept();
    place.excuse("kept.db");
    await place.run(["run", place.path("small.json"), "--id", "r0", "--db", "kept.db"]);
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
