import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { writeAgentDirectory } from "./support/model-server/agent-directory.ts";
import { userTexts } from "./support/model-server/model-request.ts";
import { ModelServer } from "./support/model-server/model-server.ts";
import { modelServers } from "./support/model-server/model-servers.ts";
import { answer, calls, cut, cutOff, Gate, hold, refuses, thinks, times } from "./support/model-server/reply.ts";
import { always, byTurn, inOrder } from "./support/model-server/script.ts";

const serve = modelServers();

/** What a client of chat completions makes of a stream. */
interface Heard {
  text: string;
  thinking: string;
  readonly tools: { id: string; name: string; input: string }[];
  stop: string | undefined;
  usage: unknown;
  isDone: boolean;
  isBroken: boolean;
}

/** Long enough for several pieces, wherever they begin. */
const words = `Wörter ${"👩‍🚀".repeat(40)} and more words.`;

describe("a streamed answer", () => {
  test("arrives in pieces that join to its text, thoughts and tool calls, with its end and its usage", async () => {
    const said = answer(
      thinks("Let me look at the notes."),
      words,
      calls("read", { path: "some/notes/about/the/tides.txt" }),
    );
    const { url } = await serve({
      a: always({ ...said, usage: { inputTokens: 7, outputTokens: 5, cacheReadTokens: 3 } }),
    });
    const heard = await hear(url, "script:a");
    expect(heard).toMatchObject({
      thinking: "Let me look at the notes.",
      text: words,
      tools: [{ id: "call_chat-1_0", name: "read", input: '{"path":"some/notes/about/the/tides.txt"}' }],
      stop: "tool_calls",
      usage: { prompt_tokens: 7, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 3 } },
      isDone: true,
      isBroken: false,
    });
  });

  test("can be cut off by the model's limit, or with the connection after what was sent", async () => {
    const server = await serve({ long: always(cutOff("As far as")), cut: always(answer("Half of it", cut, "never")) });
    expect(await hear(server.url, "script:long")).toMatchObject({ text: "As far as", stop: "length" });
    expect(await hear(server.url, "script:cut")).toMatchObject({ text: "Half of it", isBroken: true, isDone: false });
    expect(await Promise.all(server.requests.map(({ ended }) => ended))).toEqual(["answered", "broken"]);
  });

  test("is held until the test lets it go on", async () => {
    const gate = new Gate();
    const server = await serve({ slow: always(answer("before ", hold(gate), "after")) });
    const texts: string[] = [];
    const heard = hear(server.url, "script:slow", (text) => {
      texts.push(text);
      gate.open();
    });
    expect(await heard).toMatchObject({ text: "before after", isDone: true });
    expect(texts[0]).toBe("before ");
  });

  test("ends for the server too when its reader leaves", async () => {
    const server = await serve({ slow: always(answer("begun", hold(new Gate()))) });
    const leaving = new AbortController();
    await hear(server.url, "script:slow", () => leaving.abort(), leaving.signal);
    expect(await server.requests[0]?.ended).toBe("broken");
  });
});

describe("a script", () => {
  test("answers in order, errors included, however often each", async () => {
    const { url } = await serve({ retried: inOrder(...times(2, refuses(500, "always broken")), answer("at last")) });
    const responses = [await ask(url, "script:retried"), await ask(url, "script:retried")];
    expect(responses.map(({ status }) => status)).toEqual([500, 500]);
    expect(await responses[0]!.json()).toMatchObject({ error: { message: "always broken" } });
    expect(await hear(url, "script:retried")).toMatchObject({ text: "at last" });
  });

  test("answers each of several conversations by its turn", async () => {
    const { url } = await serve({ both: byTurn(answer("first"), answer("second")) });
    const second = [
      { role: "user", content: "script:both" },
      { role: "assistant", content: "first" },
      { role: "user", content: "on" },
    ];
    const heard = await Promise.all([hear(url, "script:both"), hear(url, second), hear(url, "script:both")]);
    expect(heard.map(({ text }) => text)).toEqual(["first", "second", "first"]);
  });

  test("is the last that a user names, else one of the system prompt, else that of the model", async () => {
    const { url } = await serve({ user: always(answer("u")), system: always(answer("s")), model: always(answer("m")) });
    const system = { role: "system", content: "You follow script:system." };
    const parts = [
      { type: "text", text: "script:none, then " },
      { type: "text", text: "script:user." },
    ];
    expect(
      await hear(url, [system, { role: "user", content: parts }], undefined, undefined, "fake-model"),
    ).toMatchObject({ text: "u" });
    expect(await hear(url, [system, { role: "user", content: "go" }])).toMatchObject({ text: "s" });
    expect(await hear(url, "go", undefined, undefined, "fake-model")).toMatchObject({ text: "m" });
  });

  test("that is missing or over is a mistake, and the client is told not to try again", async () => {
    const server = await ModelServer.open({ short: inOrder() });
    onTestFinished(() => server.close());
    expect((await ask(server.url, "script:short")).status).toBe(400);
    expect((await ask(server.url, "script:other")).status).toBe(400);
    expect((await fetch(`${server.url}/embeddings`)).status).toBe(404);
    expect(server.mistakes).toEqual([
      "Request 1: The script has 0 replies, and number 1 is asked for.",
      "Request 2: There is no script other.",
      "GET /v1/embeddings was asked for.",
    ]);
  });
});

test("an answer comes as a whole for those who want no stream", async () => {
  const { url } = await serve({ a: always(answer("Hello ", thinks("hm"), "there", calls("ls", {}))) });
  const response = await ask(url, "script:a", { stream: false });
  expect(await response.json()).toMatchObject({
    choices: [
      {
        message: {
          content: "Hello there",
          reasoning_content: "hm",
          tool_calls: [{ function: { name: "ls", arguments: "{}" } }],
        },
        finish_reason: "tool_calls",
      },
    ],
  });
});

test("requests are kept, and those to come can be waited for", async () => {
  const server = await serve({ a: always(answer("a")), b: always(answer("b")) });
  const second = server.request(2, "b");
  for (const script of ["b", "a", "b"]) await hear(server.url, `say script:${script}`);
  expect((await second).number).toBe(3);
  expect(await server.request(1, "a")).toBe(server.requests[1]);
  expect(server.requestsOf("b").map((request) => userTexts(request))).toEqual([["say script:b"], ["say script:b"]]);
  expect(server.requests[0]).toMatchObject({
    tools: ["read"],
    headers: { authorization: "Bearer key" },
    model: "some",
  });
});

test("a directory for agents holds their models and how they try again", async () => {
  const directory = await mkdtemp(join(tmpdir(), "runfold-agent-directory-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  await writeAgentDirectory(join(directory, "agent"), { url: "http://127.0.0.1:1/v1", models: ["fake-1", "fake-2"] });
  const read = async (name: string): Promise<unknown> =>
    JSON.parse(await readFile(join(directory, "agent", name), "utf8"));
  expect(await read("models.json")).toMatchObject({
    providers: { fake: { baseUrl: "http://127.0.0.1:1/v1", models: [{ id: "fake-1" }, { id: "fake-2" }] } },
  });
  expect(await read("settings.json")).toMatchObject({
    retry: { enabled: true, maxRetries: 3, provider: { maxRetries: 0 } },
  });
});

type Messages = string | readonly object[];

function ask(url: string, messages: Messages, rest: object = {}, signal?: AbortSignal): Promise<Response> {
  const written = typeof messages === "string" ? [{ role: "user", content: messages }] : messages;
  const tools = [{ type: "function", function: { name: "read", parameters: {} } }];
  return fetch(`${url}/chat/completions`, {
    method: "POST",
    headers: { authorization: "Bearer key", "content-type": "application/json" },
    body: JSON.stringify({ model: "some", stream: true, messages: written, tools, ...rest }),
    ...(signal === undefined ? {} : { signal }),
  });
}

async function hear(
  url: string,
  messages: Messages,
  onText: (soFar: string) => void = () => undefined,
  signal?: AbortSignal,
  model = "some",
): Promise<Heard> {
  const heard: Heard = {
    text: "",
    thinking: "",
    tools: [],
    stop: undefined,
    usage: undefined,
    isDone: false,
    isBroken: false,
  };
  let rest = "";
  try {
    const response = await ask(url, messages, { model }, signal);
    const decoder = new TextDecoder();
    for await (const bytes of response.body!) {
      const lines = (rest + decoder.decode(bytes as Uint8Array, { stream: true })).split("\n\n");
      rest = lines.pop()!;
      for (const line of lines) take(heard, line.slice("data: ".length));
      if (heard.text !== "") onText(heard.text);
    }
  } catch {
    heard.isBroken = true;
  }
  return heard;
}

function take(heard: Heard, data: string): void {
  if (data === "[DONE]") {
    heard.isDone = true;
    return;
  }
  const { choices, usage } = JSON.parse(data);
  heard.usage = usage ?? heard.usage;
  const { delta = {}, finish_reason: stop } = choices[0] ?? {};
  heard.stop = stop ?? heard.stop;
  heard.text += delta.content ?? "";
  heard.thinking += delta.reasoning_content ?? "";
  for (const call of delta.tool_calls ?? []) {
    if (call.id !== undefined) heard.tools[call.index] = { id: call.id, name: call.function.name, input: "" };
    heard.tools[call.index]!.input += call.function.arguments;
  }
}
