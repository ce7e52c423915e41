import { usualUsage } from "./reply.ts";
import type { Answer, Part } from "./reply.ts";

/** So many characters of a text go out in one piece: few, so that a reader has to join them. */
const pieceChars = 24;

/** What is common to all pieces of one answer. */
export interface CompletionHead {
  readonly id: string;
  readonly created: number;
  readonly model: string;
}

export type ContentPart = Exclude<Part, { type: "hold" } | { type: "cut" }>;

/** A part of an answer as the pieces that a stream of it holds. `index` counts the tool calls before it. */
export function piecesOf(head: CompletionHead, part: ContentPart, index: number): object[] {
  if (part.type === "text") return cutUp(part.text).map((content) => piece(head, { content }));
  if (part.type === "thinking") return cutUp(part.text).map((text) => piece(head, { reasoning_content: text }));
  const call = { index, id: callId(head, index), type: "function", function: { name: part.name, arguments: "" } };
  const rest = cutUp(JSON.stringify(part.input)).map((text) => ({ index, function: { arguments: text } }));
  return [call, ...rest].map((toolCall) => piece(head, { tool_calls: [toolCall] }));
}

export function firstPiece(head: CompletionHead): object {
  return piece(head, { role: "assistant", content: "" });
}

/** The end of a stream: why it stopped, and then what it cost. */
export function lastPieces(head: CompletionHead, answer: Answer): object[] {
  const end = { ...piece(head, {}), choices: [{ index: 0, delta: {}, finish_reason: stopOf(answer) }] };
  return [end, { ...piece(head, {}), choices: [], usage: usageOf(answer) }];
}

/** A whole answer, for those who do not want a stream. */
export function wholeCompletion(head: CompletionHead, answer: Answer): object {
  const joined = (type: "text" | "thinking"): string =>
    answer.parts.map((part) => (part.type === type ? part.text : "")).join("");
  const toolCalls = answer.parts
    .flatMap((part) => (part.type === "tool" ? [part] : []))
    .map(({ name, input }, index) => ({
      id: callId(head, index),
      type: "function",
      function: { name, arguments: JSON.stringify(input) },
    }));
  const message = {
    role: "assistant",
    content: joined("text"),
    ...(joined("thinking") === "" ? {} : { reasoning_content: joined("thinking") }),
    ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
  };
  const choices = [{ index: 0, message, finish_reason: stopOf(answer) }];
  return { ...head, object: "chat.completion", choices, usage: usageOf(answer) };
}

function piece(head: CompletionHead, delta: object): object {
  return { ...head, object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason: null }] };
}

function callId({ id }: CompletionHead, index: number): string {
  return `call_${id}_${index}`;
}

function stopOf({ stop, parts }: Answer): string {
  return stop ?? (parts.some(({ type }) => type === "tool") ? "tool_calls" : "stop");
}

function usageOf({ usage = usualUsage }: Answer): object {
  const { inputTokens, outputTokens, cacheReadTokens = 0 } = usage;
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    prompt_tokens_details: { cached_tokens: cacheReadTokens },
  };
}

/** By code points, so that no piece ends in the middle of a character. */
function cutUp(text: string): string[] {
  const points = Array.from(text);
  return Array.from({ length: Math.ceil(points.length / pieceChars) }, (_, number) =>
    points.slice(number * pieceChars, (number + 1) * pieceChars).join(""),
  );
}
