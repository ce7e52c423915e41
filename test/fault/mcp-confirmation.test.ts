import { beforeEach, describe, expect, it } from "vitest";
import { graphOf, placesWithRuns } from "./mcp-client.ts";
import { envelope, rawClients, type Message, type RawClient } from "./mcp-raw.ts";
import type { Workplace } from "./cli-process.ts";

const workplace = placesWithRuns();
const raw = rawClients();
const graph = graphOf([{ id: "a", shell: ":" }]);
const yes = { action: "accept", content: { confirm: true } };
/** What is no yes, and what the official client would not let through. */
const answers: readonly (readonly [string, unknown])[] = [
  ["a refusal", { action: "decline" }],
  ["a refusal with a yes beside it", { action: "decline", content: { confirm: true } }],
  ["giving up", { action: "cancel", content: { confirm: true } }],
  ["a yes to nothing", { action: "accept" }],
  ["a no", { action: "accept", content: { confirm: false } }],
  ["a text", { action: "accept", content: { confirm: "true" } }],
  ["a number", { action: "accept", content: { confirm: 1 } }],
  ["a list", { action: "accept", content: [true] }],
  ["an unknown action", { action: "yes", content: { confirm: true } }],
  ["nothing", {}],
];

let place: Workplace;
let client: RawClient;

async function startAndWait(server: RawClient, meta: object = {}): Promise<void> {
  await server.call("run_start", { graph, id: "r1" }, meta);
  await server.call("run_wait", { runId: "r1", timeoutSeconds: 50 }, meta);
}

const isThere = async (meta: object = {}): Promise<boolean> => {
  const { runs } = (await client.call("run_list", {}, meta)) as { runs?: unknown[] };
  return runs?.length === 1;
};

describe("the user's word on a deletion, in the older era", () => {
  beforeEach(async () => {
    place = workplace();
    client = raw(place);
    await client.open({ elicitation: {} });
    await startAndWait(client);
  });

  const isQuestion = ({ method }: Message): boolean => method === "elicitation/create";
  function ask(given: object = {}): { readonly question: Promise<Message>; readonly answer: Promise<Message> } {
    const from = client.heard.length;
    const answer = client.ask("tools/call", { name: "run_cleanup", arguments: { runId: "r1", ...given } });
    return { question: client.until(isQuestion, from), answer };
  }

  it("is asked of the user, whatever the model says, and only a yes is one", async () => {
    for (const [what, result] of answers) {
      const { question, answer } = ask({ confirm: true });
      client.say({ jsonrpc: "2.0", id: (await question).id, result });
      expect(await answer, what).not.toHaveProperty("result.structuredContent.isCleaned", true);
      expect(await isThere(), what).toBe(true);
    }
    const failing = ask();
    client.say({
      jsonrpc: "2.0",
      id: (await failing.question).id,
      error: { code: -1, message: "The window is gone." },
    });
    expect(await failing.answer).toMatchObject({ result: { isError: true } });
    const { question, answer } = ask();
    client.say({ jsonrpc: "2.0", id: (await question).id, result: yes });
    expect(await answer).toMatchObject({ result: { structuredContent: { isCleaned: true } } });
  });

  it("says nothing any more once the call was given up", async () => {
    const from = client.heard.length;
    const params = { name: "run_cleanup", arguments: { runId: "r1" } };
    client.say({ jsonrpc: "2.0", id: "late", method: "tools/call", params });
    const { id } = await client.until(isQuestion, from);
    client.say({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: "late" } });
    // The question is withdrawn.
    await client.until(({ method, params: { requestId } = {} }) => isWithdrawal(method) && requestId === id, from);
    client.say({ jsonrpc: "2.0", id, result: yes });
    expect(await isThere()).toBe(true);
    expect(client.heard.some((message) => message.id === "late")).toBe(false);
  });

  it("says nothing about another run that has its id by then", async () => {
    const { question, answer } = ask();
    const { id } = await question;
    const other = raw(place);
    await other.open();
    await other.call("run_cleanup", { runId: "r1", confirm: true });
    await startAndWait(other);
    const from = client.heard.length;
    client.say({ jsonrpc: "2.0", id, result: yes });
    const again = await client.until(isQuestion, from);
    expect(await isThere()).toBe(true);
    await other.call("run_cleanup", { runId: "r1", confirm: true });
    client.say({ jsonrpc: "2.0", id: again.id, result: yes });
    expect(await answer).toMatchObject({ result: { structuredContent: { error: { code: "run.unknown" } } } });
  });
});

describe("the user's word on a deletion, in the newer era", () => {
  const meta = { _meta: envelope({ elicitation: {} }) };
  const cleanup = (rest: object = meta) =>
    client.ask("tools/call", { name: "run_cleanup", arguments: { runId: "r1", confirm: true }, ...rest });

  beforeEach(async () => {
    place = workplace();
    client = raw(place);
    await startAndWait(client, meta);
  });

  it("is asked of the user, and only a yes about this very run is one", async () => {
    const { result } = await cleanup();
    expect(result).toMatchObject({ resultType: "input_required" });
    const requestState = result!["requestState"];
    for (const [what, confirm] of answers) {
      expect(await cleanup({ ...meta, inputResponses: { confirm }, requestState }), what).not.toHaveProperty(
        "result.structuredContent.isCleaned",
        true,
      );
    }
    for (const rest of [
      { inputResponses: { confirm: yes } },
      { inputResponses: { confirm: yes }, requestState: "another run's" },
      { inputResponses: { other: yes }, requestState },
    ]) {
      const asked = await cleanup({ ...meta, ...rest });
      expect(asked).toMatchObject({ result: { resultType: "input_required" } });
    }
    expect(await isThere(meta)).toBe(true);
    expect(await cleanup({ ...meta, inputResponses: { confirm: yes }, requestState })).toMatchObject({
      result: { structuredContent: { isCleaned: true } },
    });
  });

  it("is the model's to bring from a client that can only ask by a page", async () => {
    const byPage = { _meta: envelope({ elicitation: { url: {} } }) };
    const asked = await client.call("run_cleanup", { runId: "r1" }, byPage);
    expect(asked).toMatchObject({ error: { code: "confirmation.required" } });
    expect(await client.call("run_cleanup", { runId: "r1", confirm: true }, byPage)).toMatchObject({ isCleaned: true });
  });
});

function isWithdrawal(method: string | undefined): boolean {
  return method === "notifications/cancelled";
}
