import type { CompletionHead, ContentPart } from "./completion.ts";
import type { Asked, Dialect } from "./dialect.ts";
import type { ChatMessage } from "./model-request.ts";
import { usualUsage } from "./reply.ts";
import type { Answer } from "./reply.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Google's `generateContent`, as the Gemini command line asks for it. */
export const gemini: Dialect = {
  asked(url, body) {
    const found = /^\/v1beta\/models\/([^:]+):(stream)?generateContent\b/i.exec(url);
    if (found === null) return undefined;
    return { model: found[1]!, isStreaming: found[2] !== undefined, messages: messagesOf(body), tools: toolsOf(body) };
  },
  first: () => [],
  piecesOf: (head, part) => [candidate(head, { content: { role: "model", parts: [partOf(part)] } })],
  last: (head, answer) => [{ ...candidate(head, { finishReason: stopOf(answer) }), ...usageOf(answer) }],
  close: "",
  whole(head, answer) {
    const parts = answer.parts.flatMap((part) => (part.type === "hold" || part.type === "cut" ? [] : [partOf(part)]));
    const content = { role: "model", parts };
    return { ...candidate(head, { content, finishReason: stopOf(answer) }), ...usageOf(answer) };
  },
};

function candidate({ model }: CompletionHead, content: object): object {
  return { candidates: [{ index: 0, ...content }], modelVersion: model };
}

function partOf(part: ContentPart): object {
  if (part.type === "tool") return { functionCall: { name: part.name, args: part.input } };
  return part.type === "thinking" ? { text: part.text, thought: true } : { text: part.text };
}

function stopOf({ stop }: Answer): string {
  return stop === "length" ? "MAX_TOKENS" : "STOP";
}

function usageOf({ usage = usualUsage }: Answer): object {
  const { inputTokens, outputTokens, cacheReadTokens = 0 } = usage;
  const usageMetadata = {
    promptTokenCount: inputTokens,
    candidatesTokenCount: outputTokens,
    cachedContentTokenCount: cacheReadTokens,
    totalTokenCount: inputTokens + outputTokens,
  };
  return { usageMetadata };
}

function messagesOf(body: Fields): ChatMessage[] {
  const system = partsOf(body["systemInstruction"]).map((part) => message("system", textOf(part)));
  return [...system, ...listOf(body["contents"]).flatMap((content) => messagesIn(content))];
}

/** A content is a message of the model, of the user, or all that its tools gave back, each of which is a message here. */
function messagesIn(content: Fields): ChatMessage[] {
  const parts = partsOf(content);
  const responses = parts.flatMap(({ functionResponse }) => (functionResponse === undefined ? [] : [functionResponse]));
  if (responses.length > 0) return responses.map((response) => message("tool", JSON.stringify(response)));
  const toolCalls = parts.flatMap(({ functionCall }) => (functionCall === undefined ? [] : [callOf(functionCall)]));
  const role = content["role"] === "model" ? "assistant" : String(content["role"]);
  return [{ ...message(role, parts.map(textOf).join("")), toolCalls }];
}

function callOf(call: unknown): ChatMessage["toolCalls"][number] {
  const { id, name, args } = call as Fields;
  return { id: String(id), name: String(name), arguments: JSON.stringify(args) };
}

function message(role: string, text: string): ChatMessage {
  return { role, text, toolCalls: [], toolCallId: undefined };
}

function toolsOf(body: Fields): Asked["tools"] {
  return listOf(body["tools"]).flatMap((tool) => listOf(tool["functionDeclarations"]).map(({ name }) => String(name)));
}

function textOf({ text }: Fields): string {
  return typeof text === "string" ? text : "";
}

function partsOf(content: unknown): Fields[] {
  return listOf((content as Fields | undefined)?.["parts"]);
}

function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? (value as Fields[]) : [];
}
