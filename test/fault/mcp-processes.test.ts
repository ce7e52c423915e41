import { rmSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { jsonLines } from "./cli-process.ts";
import { connections, graphOf, placesWithRuns, until, type Answer, type Connection } from "./mcp-client.ts";

const workplace = placesWithRuns();
const connect = connections();

/** What a client sends first, in the older era. */
const opening = [
  {
    jsonrpc: "2.0",
    id: 1,
    method: "initialize",
    params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "raw", version: "1" } },
  },
  { jsonrpc: "2.0", method: "notifications/initialized" },
];
const asLines = (messages: readonly object[]): string =>
  messages.map((message) => `${JSON.stringify(message)}\n`).join("");
const callOf = (name: string, given: object): object => ({
  jsonrpc: "2.0",
  id: 2,
  method: "tools/call",
  params: { name, arguments: given },
});

describe("a server process", () => {
  it("may be killed while a run goes on, whose end the next one sees", async () => {
    const place = workplace();
    const first = await connect(place);
    await first.call("run_start", { graph: graphOf([until("slow", "go")]), id: "r1" });
    const { cursor } = (await first.call("run_status", { runId: "r1" })).data as unknown as { cursor: string };
    process.kill(pidOf(first), "SIGKILL");
    writeFileSync(place.path("go"), "");
    const second = await connect(place);
    const ended = await second.untilEnd("r1", cursor);
    expect(ended.data).toMatchObject({ run: { status: "succeeded" }, wait: { woke: "end" } });
    expect((await second.call("step_result", { runId: "r1", stepId: "slow" })).text).toContain("| done");
  });

  it("tells no less of a run than another one told before", async () => {
    const place = workplace();
    const one = await connect(place);
    const other = await connect(place);
    for (const id of ["r1", "r2", "r3"]) {
      await one.call("run_start", { graph: graphOf([until("slow", "never")]), id });
      // From now on it follows the run.
      expect((await one.call("run_status", { runId: id })).data).toMatchObject({ run: { status: "running" } });
      const told = positionIn(await other.call("run_cancel", { runId: id, force: true }));
      expect(positionIn(await one.call("run_status", { runId: id }))).toBeGreaterThanOrEqual(told);
      const ended = positionIn(await other.untilEnd(id));
      expect(positionIn(await one.call("run_status", { runId: id }))).toBe(ended);
    }
  });

  it("shares its database with another one: what one starts the other sees, waits for and ends", async () => {
    const place = workplace();
    const one = await connect(place, { era: "2025-11-25" });
    const other = await connect(place);
    const steps = [until("slow", "never", { onInterrupted: "fail" })];
    await one.call("run_start", { graph: graphOf(steps), id: "r1" });
    // The same id is the same run, wherever it is asked for.
    const again = await other.call("run_start", { graph: graphOf(steps), id: "r1" });
    expect(again).toMatchObject({ isError: false, text: expect.stringContaining("already run by process") as string });
    const waiting = one.untilEnd("r1");
    await other.call("run_cancel", { runId: "r1", force: true });
    expect((await waiting).data).toMatchObject({ run: { status: "canceled" } });
    expect(await other.call("run_start", { graph: graphOf([{ id: "a", shell: ":" }]), id: "r1" })).toMatchObject({
      isError: true,
      data: { error: { code: "run.conflicting" } },
    });
  });

  it.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("ends on %s with 0, and leaves its runs alone", async (signal) => {
    const place = workplace();
    const start = callOf("run_start", { graph: graphOf([until("slow", "go")]), id: "r1" });
    const server = place.start(["mcp"], { input: asLines([...opening, start]), holdsInput: true });
    await server.until("Run r1 was started.");
    server.child.kill(signal);
    expect(await server.ended).toMatchObject({ code: 0, signal: null, stderr: "" });
    expect(await place.json(["status", "r1"])).toMatchObject({ run: { status: "running", owner: { state: "alive" } } });
    writeFileSync(place.path("go"), "");
    expect(await place.json(["status", "r1", "--step", "slow", "--wait", "50"])).toMatchObject({
      wait: { woke: "end" },
    });
  });

  it("ends with 0 when its client leaves, in the middle of a wait too, and writes nothing but the protocol", async () => {
    const place = workplace();
    const start = callOf("run_start", { graph: graphOf([until("slow", "go")]), id: "r1" });
    const server = place.start(["mcp"], { input: asLines([...opening, start]), holdsInput: true });
    await server.until("Run r1 was started.");
    const wait = { name: "run_wait", arguments: { runId: "r1", timeoutSeconds: 600 }, _meta: { progressToken: "p" } };
    server.child.stdin.write(asLines([{ jsonrpc: "2.0", id: 3, method: "tools/call", params: wait }]));
    await server.until("notifications/progress");
    server.child.stdin.end();
    const { code, stdout, stderr } = await server.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(jsonLines(stdout).every(({ jsonrpc }) => jsonrpc === "2.0")).toBe(true);
    expect(await place.json(["status", "r1"])).toMatchObject({ run: { status: "running" } });
    await place.run(["cancel", "r1", "--force"]);
    await place.run(["status", "r1", "--step", "slow", "--wait", "50"]);
  });

  it("ends runs with itself where they live in it", async () => {
    const place = workplace();
    const start = callOf("run_start", { graph: graphOf([until("slow", "never")]), id: "r1" });
    const server = place.start(["mcp", "--in-process"], { input: asLines([...opening, start]), holdsInput: true });
    await server.until("Run r1 was started.");
    const { run } = await place.json(["status", "r1"]);
    expect(run).toMatchObject({ owner: { pid: server.child.pid } });
    server.child.stdin.end();
    expect(await server.ended).toMatchObject({ code: 0, stderr: "" });
    expect(await place.json(["status", "r1"])).toMatchObject({ run: { status: "canceled" } });
  });

  it("goes on with a run that its owner left unfinished, when it is started once more", async () => {
    const place = workplace();
    const graph = graphOf([until("slow", "go")]);
    const first = place.start(["mcp", "--in-process"], {
      input: asLines([...opening, callOf("run_start", { graph, id: "r1" })]),
      holdsInput: true,
    });
    await first.until("Run r1 was started.");
    first.child.kill("SIGKILL");
    await first.ended;
    const second = await connect(place);
    expect((await second.call("run_status", { runId: "r1" })).text).toContain("Its process is gone");
    expect(await second.call("run_wait", { runId: "r1", timeoutSeconds: 600 })).toMatchObject({
      data: { wait: { woke: "timeout" } },
    });
    expect(await second.call("run_cancel", { runId: "r1" })).toMatchObject({
      isError: true,
      data: { error: { code: "run.abandoned" } },
    });
    writeFileSync(place.path("go"), "");
    const again = await second.call("run_start", { graph, id: "r1" });
    expect(again.text).toContain("was left unfinished");
    expect((await second.untilEnd("r1")).data).toMatchObject({ run: { status: "succeeded" } });
  });

  it("finds a database that is made, deleted and made again while it serves", async () => {
    const place = workplace();
    const server = await connect(place);
    const start = async (id: string): Promise<void> => {
      await place.run(["run", place.graph("quick", [{ id: "a", shell: ":" }]), "--id", id]);
    };
    expect((await server.call("run_list", {})).data).toMatchObject({ runs: [] });
    await start("r1");
    expect((await server.call("run_list", {})).data).toMatchObject({ runs: [{ id: "r1" }] });
    rmSync(place.path(".runfold"), { recursive: true });
    expect((await server.call("run_list", {})).data).toMatchObject({ runs: [] });
    await start("r2");
    expect((await server.call("run_list", {})).data).toMatchObject({ runs: [{ id: "r2" }] });
    expect(server.stderr).toBe("");
  });

  it.each([
    ["a root that is no directory", ["mcp", "--root", "missing"], "does not exist"],
    ["--json", ["mcp", "--json"], "has no --json"],
    ["an argument", ["mcp", "runs.db"], "does not take"],
  ])("is not started with %s", async (_what, args, said) => {
    const { code, stdout, stderr } = await workplace().run(args);
    expect(code).toBe(2);
    expect(stdout + stderr).toContain(said);
  });
});

function positionIn({ data }: Answer): number {
  return (data as unknown as { run: { position: number } }).run.position;
}

function pidOf({ transport }: Connection): number {
  return transport.pid ?? Number.NaN;
}
