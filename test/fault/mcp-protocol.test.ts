import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { graphOf, placesWithRuns, until } from "./mcp-client.ts";
import { envelope, rawClients } from "./mcp-raw.ts";

const workplace = placesWithRuns();
const raw = rawClients();
const methodUnknown = -32601;
const paramsInvalid = -32602;
const eraUnsupported = -32022;

describe("runfold mcp, spoken to as no official client speaks", () => {
  it("answers what it does not know or understand, and goes on", async () => {
    const client = raw(workplace());
    await client.open();
    for (const method of ["runs/list", "tasks/list", "tools/call/", "__proto__"]) {
      expect(await client.ask(method)).toMatchObject({ error: { code: methodUnknown } });
    }
    for (const params of [{}, { name: 7 }, { name: "run_list", arguments: [] }, { name: "__proto__" }]) {
      expect(await client.ask("tools/call", params)).toMatchObject({ error: { code: paramsInvalid } });
    }
    const result = { tools: expect.any(Array) as unknown[] };
    expect(await client.ask("tools/list", { cursor: "made up" })).toMatchObject({ result });
    client.say({ jsonrpc: "2.0", method: "notifications/unheard", params: {} });
    client.say({ jsonrpc: "2.0", id: "never asked", result: {} });
    client.say([{ jsonrpc: "2.0", id: 1, method: "tools/list" }]);
    client.say('\r\n\n  \n\u0000\n{"jsonrpc":"2.0","id":null,"method":"tools/list"}\n');
    expect(await client.call("run_list", {})).toMatchObject({ runs: [] });
    expect((await client.leave()).code).toBe(0);
  });

  it("names the eras that it speaks to a client of another, and speaks on in its own", async () => {
    const client = raw(workplace());
    const version = "io.modelcontextprotocol/protocolVersion";
    for (const other of ["2099-01-01", "2025-11-25"]) {
      const asked = await client.ask("server/discover", { _meta: { ...envelope(), [version]: other } });
      expect(asked).toMatchObject({ error: { code: eraUnsupported, data: { supported: ["2026-07-28"] } } });
    }
    for (const wrong of [{ [version]: 7 }, { [version]: "2026-07-28" }, { ...envelope(), [version]: null }]) {
      expect(await client.ask("tools/list", { _meta: wrong })).toMatchObject({ error: { code: paramsInvalid } });
    }
    expect(await client.call("run_list", {}, { _meta: envelope() })).toMatchObject({ runs: [] });
    // The newer era says with each request who it is.
    expect(await client.ask("tools/list")).toMatchObject({ error: { code: paramsInvalid } });
    const opening = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "raw", version: "1" } };
    expect(await client.ask("initialize", opening)).toMatchObject({ error: { code: eraUnsupported } });
    expect(await client.call("run_list", {}, { _meta: envelope() })).toMatchObject({ runs: [] });
  });

  it("answers each of two requests with the same id, and one that is given up not at all", async () => {
    const place = workplace();
    const client = raw(place);
    await client.open();
    const { cursor } = await client.call("run_start", { graph: graphOf([until("slow", "go")]), id: "r1" });
    const wait = { name: "run_wait", arguments: { runId: "r1", cursor, timeoutSeconds: 600 } };
    for (const id of ["twice", "given up"]) client.say({ jsonrpc: "2.0", id, method: "tools/call", params: wait });
    const second = client.ask("tools/call", { name: "run_list", arguments: {} }, "twice");
    expect((await second).result).toHaveProperty("structuredContent.runs");
    for (const requestId of ["given up", "never asked", undefined]) {
      client.say({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId } });
    }
    expect(await client.call("run_status", { runId: "r1" })).toMatchObject({ run: { status: "running" } });
    const from = client.heard.length;
    writeFileSync(place.path("go"), "");
    const first = await client.until(({ id }) => id === "twice", from);
    expect(first.result).toMatchObject({ structuredContent: { wait: { woke: "end" } } });
    await client.call("run_wait", { runId: "r1" });
    expect(client.heard.some(({ id }) => id === "given up")).toBe(false);
    expect(await client.leave()).toMatchObject({ code: 0, stderr: "" });
  });

  it("tells progress under whatever token it was given, growing, and none without or after the answer", async () => {
    const place = workplace();
    const client = raw(place);
    await client.open();
    await client.call("run_start", { graph: graphOf([until("slow", "never")]), id: "r1" });
    for (const token of [0, "", "p", -1]) {
      const asked = client.call("run_wait", { runId: "r1", timeoutSeconds: 0 }, { _meta: { progressToken: token } });
      expect(await asked).toMatchObject({ wait: { woke: "timeout" } });
      const last = client.heard.findLastIndex(({ params }) => params?.["progressToken"] === token);
      expect(client.heard[last]).toMatchObject({ params: { progress: 0, total: 0 } });
      expect(last).toBeLessThan(client.heard.length - 1);
    }
    const long = {
      name: "run_wait",
      arguments: { runId: "r1", timeoutSeconds: 2.5 },
      _meta: { progressToken: "long" },
    };
    await client.ask("tools/call", long);
    const told = client.heard.filter(({ params }) => params?.["progressToken"] === "long");
    const progress = told.map(({ params }) => Number(params?.["progress"]));
    expect(progress[0]).toBe(0);
    expect(progress).toEqual([...new Set(progress)].toSorted((one, other) => one - other));
    const before = client.heard.length;
    await client.call("run_wait", { runId: "r1", timeoutSeconds: 0 });
    expect(client.heard.length).toBe(before + 1);
  });

  it("ends where nobody reads what it writes any more", async () => {
    const client = raw(workplace());
    await client.open();
    client.server.child.stdout.destroy();
    client.say({ jsonrpc: "2.0", id: 1, method: "tools/list" });
    expect(await client.server.ended).toMatchObject({ code: 0, stderr: expect.stringContaining("EPIPE") as string });
  });

  it("leaves no half of a start whose client is gone before the answer", async () => {
    const place = workplace();
    const client = raw(place);
    await client.open();
    const start = { name: "run_start", arguments: { graph: graphOf([{ id: "a", shell: ":" }]), id: "r1" } };
    client.say({ jsonrpc: "2.0", id: 1, method: "tools/call", params: start });
    await client.leave();
    // Whether it came to that or not, the same start again is the same run.
    const next = raw(place);
    await next.open();
    await next.call("run_start", start.arguments);
    await next.call("run_wait", { runId: "r1", timeoutSeconds: 50 });
    expect(await next.call("run_list", {})).toMatchObject({ runs: [{ id: "r1", status: "succeeded" }] });
  });
});

describe("two hundred waits for one run", () => {
  it("each wake once, for their own reason, and those that are given up not at all", async () => {
    const place = workplace();
    const client = raw(place);
    await client.open();
    const steps = [until("slow", "go"), { id: "bad", shell: "while [ ! -e fail ]; do sleep 0.05; done; exit 3" }];
    const { cursor } = await client.call("run_start", { graph: graphOf(steps), id: "r1" });
    const kinds = ["run", "step", "given up", "progress"] as const;
    const kindOf = (index: number) => kinds[index % kinds.length]!;
    for (let index = 0; index < 200; index++) {
      const kind = kindOf(index);
      const place = { runId: "r1", cursor, timeoutSeconds: 600, ...(kind === "step" ? { stepId: "slow" } : {}) };
      const meta = kind === "progress" ? { _meta: { progressToken: index } } : {};
      const params = { name: "run_wait", arguments: place, ...meta };
      client.say({ jsonrpc: "2.0", id: index, method: "tools/call", params });
    }
    for (let index = 0; index < 200; index++) {
      if (kindOf(index) !== "given up") continue;
      client.say({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: index } });
    }
    await client.call("run_status", { runId: "r1" });
    writeFileSync(place.path("fail"), "");
    const answers = (kind: string) =>
      client.heard.filter(({ id, result }) => typeof id === "number" && result !== undefined && kindOf(id) === kind);
    const reasons = (kind: string) =>
      new Set(
        answers(kind).map(({ result }) => {
          const { wait } = result!["structuredContent"] as { wait: { woke: string; events: { step?: string }[] } };
          return `${wait.woke} ${wait.events.map(({ step }) => step ?? "run").join(" ")}`;
        }),
      );
    await client.until(() => answers("run").length + answers("progress").length === 100);
    expect([...reasons("run"), ...reasons("progress")]).toEqual(["event bad", "event bad"]);
    expect(answers("step")).toHaveLength(0);
    writeFileSync(place.path("go"), "");
    await client.until(() => answers("step").length === 50);
    await client.call("run_wait", { runId: "r1" });
    expect(reasons("step").size).toBe(1);
    expect([...reasons("step")][0]).toMatch(/^end slow/);
    expect(kinds.map((kind) => answers(kind).length)).toEqual([50, 50, 0, 50]);
    // No warning of listeners either.
    expect(await client.leave()).toMatchObject({ code: 0, stderr: "" });
  });
});
