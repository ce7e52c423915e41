/** A request for a completion, as it came. */
export interface ModelRequest {
  /** 1 for the first of all. */
  readonly number: number;
  /** The name of the script that answers it. */
  readonly script: string | undefined;
  readonly model: string;
  readonly isStreaming: boolean;
  readonly messages: readonly ChatMessage[];
  /** The names of the tools that it offers. */
  readonly tools: readonly string[];
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** Settles when nothing more will be sent: whether that was a whole reply, or the connection broke before. */
  readonly ended: Promise<"answered" | "broken">;
}

export interface ChatMessage {
  readonly role: string;
  readonly text: string;
  readonly toolCalls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
  /** The call that a message of a tool answers. */
  readonly toolCallId: string | undefined;
}

/** The messages of a request's body, with the texts of their parts joined. */
export function chatMessages(body: Readonly<Record<string, unknown>>): ChatMessage[] {
  return listOf(body["messages"]).map((message) => ({
    role: String(message["role"]),
    text: textOf(message["content"]),
    toolCalls: listOf(message["tool_calls"]).map((call) => {
      const called = call["function"] as { name: string; arguments: string };
      return { id: String(call["id"]), name: called.name, arguments: called.arguments };
    }),
    toolCallId: message["tool_call_id"] as string | undefined,
  }));
}

export function toolNames(body: Readonly<Record<string, unknown>>): string[] {
  return listOf(body["tools"]).map((tool) => (tool["function"] as { name: string }).name);
}

/**
 * The script that a request asks for: the last `script:NAME` that a user wrote, else one of the system prompt, else the rest of a
 * model's name after `fake-`.
 */
export function scriptNameOf(messages: readonly ChatMessage[], model: string): string | undefined {
  const written = (roles: readonly string[]): string | undefined =>
    messages
      .filter(({ role }) => roles.includes(role))
      .flatMap(({ text }) => Array.from(text.matchAll(/\bscript:([\w.-]*\w)/g), ([, name]) => name))
      .at(-1);
  return written(["user"]) ?? written(["system", "developer"]) ?? /^fake-(.+)$/.exec(model)?.[1];
}

/** The texts that users wrote in a request, the newest last. */
export function userTexts({ messages }: ModelRequest): string[] {
  return messages.filter(({ role }) => role === "user").map(({ text }) => text);
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  return listOf(content)
    .map((part) => (typeof part["text"] === "string" ? part["text"] : ""))
    .join("");
}

function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? (value as Record<string, unknown>[]) : [];
}
