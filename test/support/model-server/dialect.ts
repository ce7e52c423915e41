import { firstPiece, lastPieces, piecesOf, wholeCompletion } from "./completion.ts";
import type { CompletionHead, ContentPart } from "./completion.ts";
import { chatMessages, toolNames } from "./model-request.ts";
import type { ModelRequest } from "./model-request.ts";
import type { Answer } from "./reply.ts";

/** How one family of clients asks a model, and how it wants to be answered. */
export interface Dialect {
  /** What a request asks for, or undefined where its address is none of this dialect. */
  asked(url: string, body: Readonly<Record<string, unknown>>): Asked | undefined;
  /** The pieces of a stream: of its beginning, of a part (`index` counts the tool calls before it), and of its end. */
  first(head: CompletionHead): readonly object[];
  piecesOf(head: CompletionHead, part: ContentPart, index: number): readonly object[];
  last(head: CompletionHead, answer: Answer): readonly object[];
  /** What follows the last piece of a stream. */
  readonly close: string;
  /** An answer for those who do not want a stream. */
  whole(head: CompletionHead, answer: Answer): object;
}

export type Asked = Pick<ModelRequest, "model" | "isStreaming" | "messages" | "tools">;

/** OpenAI's chat completions, which most agents can speak. */
export const chatCompletions: Dialect = {
  asked: (url, body) =>
    url === "/v1/chat/completions"
      ? {
          model: String(body["model"]),
          isStreaming: body["stream"] === true,
          messages: chatMessages(body),
          tools: toolNames(body),
        }
      : undefined,
  first: (head) => [firstPiece(head)],
  piecesOf,
  last: lastPieces,
  close: "data: [DONE]\n\n",
  whole: wholeCompletion,
};
