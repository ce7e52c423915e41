/** What the fake model answers to one request. */
export type Reply = Answer | Refusal;

/** An answer in parts, which are sent one after the other. */
export interface Answer {
  readonly type: "answer";
  readonly parts: readonly Part[];
  /** Why the model stopped. Default: for its tool calls where it made some, else because it was done. */
  readonly stop?: "stop" | "length" | "tool_calls";
  readonly usage?: TokenUsage;
}

/** An HTTP error in place of an answer. */
export interface Refusal {
  readonly type: "refusal";
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TokenUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens?: number;
}

export type Part =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "thinking"; readonly text: string }
  | { readonly type: "tool"; readonly name: string; readonly input: Readonly<Record<string, unknown>> }
  /** Nothing more is sent until the gate is opened; what came before has been sent by then. */
  | { readonly type: "hold"; readonly gate: Gate }
  /** The connection is cut. */
  | { readonly type: "cut" };

/** Something that a test holds back until it says so. */
export class Gate {
  readonly opened: Promise<void>;
  #open: () => void = () => undefined;

  constructor() {
    this.opened = new Promise((resolve) => (this.#open = resolve));
  }

  open(): void {
    this.#open();
  }
}

/** What a test gets where it does not say: enough to see that it is counted. */
export const usualUsage: TokenUsage = { inputTokens: 100, outputTokens: 10 };

/** An answer of texts and other parts. */
export function answer(...parts: readonly (string | Part)[]): Answer {
  return {
    type: "answer",
    parts: parts.map((part) => (typeof part === "string" ? { type: "text", text: part } : part)),
  };
}

/** An answer that the model's limit cuts off. */
export function cutOff(...parts: readonly (string | Part)[]): Answer {
  return { ...answer(...parts), stop: "length" };
}

export function calls(name: string, input: Readonly<Record<string, unknown>>): Part {
  return { type: "tool", name, input };
}

export function thinks(text: string): Part {
  return { type: "thinking", text };
}

export function hold(gate: Gate): Part {
  return { type: "hold", gate };
}

export const cut: Part = { type: "cut" };

/** An HTTP error as model servers send it. */
export function refuses(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Refusal {
  return { type: "refusal", status, body: { error: { message, type: "scripted" } }, headers };
}

/** The same reply a number of times. */
export function times(count: number, reply: Reply): readonly Reply[] {
  return Array.from({ length: count }, () => reply);
}
