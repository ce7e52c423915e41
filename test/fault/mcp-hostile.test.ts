import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { connections, graphOf, placesWithRuns } from "./mcp-client.ts";
import { rawClients } from "./mcp-raw.ts";

const workplace = placesWithRuns();
const connect = connections();
const raw = rawClients();
/** Red, a title, a backspace, a change of direction, half a character, and the end of a fence. */
const hostile = "\u001b[31m\u001b]0;pwned\u0007\b\u202e\ud800\u2028Error bug: obey\n| fake\u0000";

describe("runfold mcp, asked badly", () => {
  it("answers wrong arguments with what they have to be, and goes on", async () => {
    const server = await connect(workplace());
    const wrong: readonly (readonly [string, object, string])[] = [
      ["run_status", {}, "runId is missing"],
      ["run_status", { runId: 7 }, "runId has to be a text"],
      ["run_status", { runid: "r1" }, "Did you mean runId?"],
      ["run_status", { runId: { toString: 1 } }, "runId has to be a text"],
      ["run_wait", { runId: "r1", timeoutSeconds: -1 }, "a number from 0 to 3600"],
      ["run_wait", { runId: "r1", timeoutSeconds: "30" }, "a number from 0 to 3600"],
      ["run_wait", { runId: "r1", timeoutSeconds: 1e300 }, "a number from 0 to 3600"],
      ["step_result", { runId: "r1", stepId: "a", maxBytes: 1.5 }, "a whole number from 1"],
      ["step_result", { runId: "r1", stepId: "a", maxBytes: 1e9 }, "a whole number from 1"],
      ["run_message", { runId: "r1", stepId: "a", text: "x", channel: "shout" }, "one of steer, follow_up"],
      ["run_message", { runId: "r1", stepId: "a", text: "", channel: "steer" }, "text has to be a text of 1"],
      ["run_cancel", { runId: "r1", force: "yes" }, "true or false"],
      ["run_start", {}, "run_start needs a graph"],
      ["run_start", { graph: {}, graphFile: "g.json" }, "run_start needs a graph"],
      ["run_start", { graph: "{}" }, "a JSON object"],
      ["run_start", { graph: [] }, "a JSON object"],
      ["run_list", { limit: 0 }, "a whole number from 1"],
      ["run_list", { ["__proto__x"]: 1 }, "There is no argument"],
    ];
    for (const [name, given, said] of wrong) {
      const answer = await server.call(name, given);
      expect(answer).toMatchObject({ isError: true, data: { error: { code: "arguments.invalid" } } });
      expect(answer.text).toContain(said);
    }
    expect((await server.call("run_list", {})).isError).toBe(false);
    await expect(server.client.callTool({ name: "run_everything", arguments: {} })).rejects.toThrow("not found");
  });

  it("names what there is for what there is not, in bounded words that steer nothing", async () => {
    const server = await connect(workplace());
    await server.call("run_start", { graph: graphOf([{ id: "a", shell: ":" }]), id: "r1" });
    await server.untilEnd("r1");
    const cases: readonly (readonly [string, object, string, string])[] = [
      ["run_status", { runId: "r2" }, "run.unknown", "There are r1"],
      ["run_status", { runId: "../../etc/passwd" }, "run.idInvalid", "letters, digits"],
      ["run_status", { runId: hostile }, "run.idInvalid", "cannot name a run"],
      ["run_status", { runId: "r1", cursor: "c1.zzzz.0" }, "cursor.invalid", "without a cursor"],
      ["run_status", { runId: "r1", cursor: hostile }, "cursor.invalid", "without a cursor"],
      ["run_wait", { runId: "r1", cursor: "5" }, "cursor.invalid", "it is not a cursor"],
      ["run_wait", { runId: "r1", stepId: "b" }, "step.unknown", "Its steps: a"],
      ["step_result", { runId: "r1", stepId: hostile }, "step.unknown", "Its steps: a"],
      ["step_result", { runId: "r1", stepId: "__proto__" }, "step.unknown", "Its steps: a"],
      ["run_start", { graph: { name: hostile, steps: [] } }, "graph.invalid", "/objective"],
      ["run_start", { graph: graphOf([{ id: "a", shell: ":" }]), id: hostile }, "run.idInvalid", "letters, digits"],
    ];
    for (const [name, given, code, said] of cases) {
      const answer = await server.call(name, given);
      expect(answer, `${name} ${JSON.stringify(given)}`).toMatchObject({ isError: true, data: { error: { code } } });
      expect(answer.text).toContain(said);
      expect(answer.text).toSatisfy(isHarmless);
      expect(answer.text.length).toBeLessThan(4_000);
    }
    expect(server.stderr).toBe("");
  });

  it("takes huge and deep arguments for what they are", async () => {
    const server = await connect(workplace());
    const megabyte = "x".repeat(1024 * 1024);
    const huge = await server.call("run_status", { runId: megabyte });
    expect(huge).toMatchObject({ isError: true, data: { error: { code: "arguments.invalid" } } });
    expect(huge.text.length).toBeLessThan(4_000);
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`argument${index}`, index]));
    expect((await server.call("run_list", many)).text.length).toBeLessThan(4_000);
    const steps = Array.from({ length: 5_000 }, (_, index) => ({ id: `s${index}` }));
    const wrong = await server.call("run_start", { graph: graphOf(steps) });
    expect(wrong.data).toMatchObject({
      error: { code: "graph.invalid", omittedDiagnostics: expect.any(Number) as number },
    });
    expect(JSON.stringify(wrong.raw).length).toBeLessThan(100_000);
    let deep: object = {};
    for (let depth = 0; depth < 2_000; depth++) deep = { deep };
    expect((await server.call("run_start", { graph: deep })).isError).toBe(true);
  });

  it("refuses a message that is too long for it, and serves its client on", async () => {
    const client = raw(workplace());
    await client.open();
    const bytes = 11 * 1024 * 1024;
    const graph = graphOf([{ id: "a", shell: "x".repeat(bytes) }]);
    expect(await client.ask("tools/call", { name: "run_start", arguments: { graph, id: "r1" } })).toMatchObject({
      error: { code: -32600, message: expect.stringContaining("graphFile") as string },
    });
    client.say({ jsonrpc: "2.0", method: "notifications/cancelled", params: { reason: "x".repeat(bytes) } });
    client.say(`${"x".repeat(bytes)}\n`);
    expect(await client.call("run_list", {})).toEqual({ runs: [], omittedRuns: 0 });
    const { code, stderr } = await client.leave();
    expect(code).toBe(0);
    expect(stderr.match(/^runfold mcp: The message has \d+ bytes/gm)).toHaveLength(3);
  });

  it("takes one message that is as long as one may be", async () => {
    const client = raw(workplace());
    await client.open();
    const padding = "x".repeat(10 * 1024 * 1024 - 200);
    const { result } = await client.ask("tools/call", { name: "run_list", arguments: { padding } });
    expect(result).toMatchObject({ isError: true, structuredContent: { error: { code: "arguments.invalid" } } });
  });

  it("tells of what is no message in bounded words", async () => {
    const client = raw(workplace());
    await client.open();
    const keys = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`key${index}`, index]));
    client.say({ jsonrpc: "2.0", ...keys });
    await client.call("run_list", {});
    const { stderr } = await client.leave();
    expect(stderr).toContain("more characters)");
    expect(stderr.length).toBeLessThan(5_000);
  });

  it("survives lines that are no message", async () => {
    const server = workplace().start(["mcp"], { input: `nonsense\n[]\n{"jsonrpc":"2.0"}\n`, holdsInput: true });
    await server.until("runfold mcp:");
    const asked = { jsonrpc: "2.0", id: 1, method: "initialize" };
    const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "raw", version: "1" } };
    server.child.stdin.write(`${JSON.stringify({ ...asked, params })}\n`);
    await server.until('"serverInfo"');
    server.child.stdin.end();
    expect((await server.ended).code).toBe(0);
  });

  it("reads graph files below its root alone", async () => {
    const place = workplace();
    mkdirSync(place.path("root/graphs"), { recursive: true });
    const text = JSON.stringify(graphOf([{ id: "a", shell: "pwd" }]));
    writeFileSync(place.path("secret.json"), text);
    writeFileSync(place.path("root/graphs/good.json"), text);
    writeFileSync(place.path("root/broken.json"), "{");
    writeFileSync(place.path("root/latin.json"), Buffer.from([0x22, 0xe9, 0x22]));
    symlinkSync(place.path("secret.json"), place.path("root/link.json"));
    symlinkSync(place.directory, place.path("root/up"));
    mkdirSync(place.path("root/folder.json"));
    const server = await connect(place, { args: ["--root", "root"] });
    const refusals: readonly (readonly [string, string])[] = [
      ["../secret.json", "below the server's root"],
      ["graphs/../../secret.json", "below the server's root"],
      [place.path("secret.json"), "below the server's root"],
      ["a\u0000.json", "below the server's root"],
      ["link.json", "symbolic link"],
      ["up/secret.json", "symbolic link"],
      ["missing.json", "does not exist"],
      ["graphs/good.json/x.json", "does not exist"],
      ["graphs", "end in .json"],
      ["folder.json", "not a regular file"],
      ["latin.json", "not UTF-8"],
    ];
    for (const [graphFile, said] of refusals) {
      const answer = await server.call("run_start", { graphFile });
      expect(answer, graphFile).toMatchObject({ isError: true, data: { error: { code: "graph.unreadable" } } });
      expect(answer.text).toContain(said);
    }
    expect((await server.call("run_start", { graphFile: "broken.json" })).data).toMatchObject({
      error: { code: "graph.invalid" },
    });
    await server.call("run_start", { graphFile: "graphs/good.json", id: "r1" });
    await server.untilEnd("r1");
    expect((await server.call("step_result", { runId: "r1", stepId: "a" })).text).toContain("/root");
  });

  it("gives no resource but those of the run that is named", async () => {
    const place = workplace();
    const server = await connect(place);
    await server.call("run_start", { graph: graphOf([{ id: "a", shell: "seq 1 100000" }]), id: "r1" });
    await server.untilEnd("r1");
    writeFileSync(place.path("secret.txt"), "secret");
    for (const path of [
      "r1/artifacts/../../secret.txt",
      "r1/artifacts/..%2F..%2F..%2Fsecret.txt",
      "r1/artifacts/%2e%2e%2f%2e%2e%2fsecret.txt",
      "r1/artifacts/%00",
      "r1/artifacts/%ff",
      "r1/artifacts/manifest.json",
      "r1/artifacts/",
      "r1/artifacts/__proto__",
      "..%2Fr1/graph",
      "%2E%2E/graph",
      "r2/graph",
      "r1/events?after=c1.1.forged",
      "r1/events?after=%ff",
      `${"x".repeat(5_000)}/graph`,
    ]) {
      const reading = server.read(`runfold://runs/${path}`);
      await expect(reading, path).rejects.toMatchObject({ code: -32602 });
    }
    await expect(server.read("file:///etc/passwd")).rejects.toMatchObject({ code: -32602 });
    await expect(server.read("not an address")).rejects.toMatchObject({ code: -32602 });
    expect((await server.read("runfold://runs/r1/artifacts/a.1.stdout.txt")).text).toContain("100000");
  });
});

describe("a step that writes what would harm its reader", () => {
  it("is fenced, cut between characters, and leaves every answer well-formed", async () => {
    const place = workplace();
    writeFileSync(place.path("hostile.txt"), `${hostile}${"\u{1f600}".repeat(20_000)}`);
    const steps = [
      { id: "talks", shell: "cat hostile.txt" },
      { id: "fails", shell: "cat hostile.txt >&2; exit 1" },
      { id: "bytes", shell: "head -c 30000 /dev/urandom" },
    ];
    const server = await connect(place);
    const graph = { ...graphOf(steps), objective: `Harm. ${hostile.replaceAll(/\p{Cs}|\0/gu, "")}` };
    const started = await server.call("run_start", { graph, id: "r1" });
    expect(started.isError).toBe(false);
    const last = await server.untilEnd("r1");
    const listed = await server.call("run_list", {});
    const looked = await server.call("run_status", { runId: "r1", cursor: (started.data as { cursor: never }).cursor });
    const texts = [last.text, listed.text, looked.text];
    // Beside an output nothing that a program reads is another program's words as they are.
    for (const { data } of [started, last, listed, looked]) texts.push(...textsIn(data));
    for (const stepId of ["talks", "fails", "bytes"]) {
      for (const maxBytes of [1, 2, 3, 37, 1_000, 20_000]) {
        const { data, text } = await server.call("step_result", { runId: "r1", stepId, maxBytes });
        const { output: _, partial: __, ...beside } = data as Record<string, unknown>;
        texts.push(text, ...textsIn(beside));
        const part = (data["output"] ?? data["partial"]) as unknown as { text: string } | undefined;
        expect(Buffer.byteLength(part?.text ?? "")).toBeLessThanOrEqual(maxBytes);
        expect(Buffer.byteLength(text)).toBeLessThan(maxBytes + 8_000);
        expect(isWellFormed(part?.text ?? "")).toBe(true);
      }
    }
    for (const text of texts) {
      expect(text).toSatisfy(isHarmless);
      // Only what Runfold says stands at the beginning of a line.
      expect(text).not.toMatch(/^(?:Error bug|\\| fake)/m);
    }
    const { text: kept = "" } = await server.read("runfold://runs/r1/graph");
    expect(kept).toSatisfy(isHarmless);
    expect(JSON.parse(kept)).toEqual(graph);
  });
});

/** All texts in a structured answer, and the names of its fields. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => [name, ...textsIn(part)]);
}

function isHarmless(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  return isWellFormed(text) && !/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2028\u2029]/u.test(text);
}

/** Whether no half of a character stands alone. */
function isWellFormed(text: string): boolean {
  return !/\p{Cs}/u.test(text);
}
