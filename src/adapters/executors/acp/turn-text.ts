import { limits } from "../../../domain/limits.ts";
import { keptId } from "./kept-text.ts";

/** What an agent says: one piece of text, and the message that it belongs to, where the agent names its messages. */
export interface TextChunk {
  readonly text: string;
  readonly messageId: string | undefined;
}

interface SaidMessage {
  readonly stream: string;
  text: string;
  bytes: number;
}

/**
 * Agents of which it is known that they name the messages of their models, so that what they say without a name is a notice of the
 * program itself, already in the first turn.
 */
const namesMessages: ReadonlySet<string> = new Set([
  "@agentclientprotocol/codex-acp",
  "@agentclientprotocol/claude-agent-acp",
  "@zed-industries/claude-agent-acp",
  "OpenCode",
]);

/**
 * The text of one session, turn by turn, and which part of a turn is its final answer: the last message, unless a tool was called
 * after it. An agent that does not name its messages begins a new one after each start or end of a tool call.
 */
export class TurnText {
  readonly #tell: (stream: string, text: string) => void;
  #isNaming = false;
  #messages = new Map<string, SaidMessage>();
  #bytes = 0;
  #last: SaidMessage | undefined;
  #isBroken = false;
  #isFollowedByTool = false;
  #notices = "";
  #messageCount = 0;

  /** `tell` gets all text as it comes, by streams: `assistant-1`, `assistant-2`, and `notices`. */
  constructor(tell: (stream: string, text: string) => void) {
    this.#tell = tell;
  }

  /** The agent has said who it is. */
  agentIs(name: string): void {
    this.#isNaming ||= namesMessages.has(name);
  }

  beginTurn(): void {
    this.#messages = new Map();
    this.#bytes = 0;
    this.#last = undefined;
    this.#isFollowedByTool = false;
    this.#notices = "";
  }

  /** @returns false where the message has become longer than an answer may be */
  add({ text, messageId }: TextChunk): boolean {
    if (messageId !== undefined) this.#isNaming = true;
    else if (this.#isNaming) return this.#addNotice(text);
    const message = messageId === undefined ? this.#unnamed() : this.#named(messageId);
    const bytes = Buffer.byteLength(text);
    message.text += text;
    message.bytes += bytes;
    this.#bytes += bytes;
    this.#last = message;
    this.#isBroken = false;
    this.#isFollowedByTool = false;
    this.#tell(message.stream, text);
    this.#forgetOldest();
    return message.bytes <= limits.agentOutputBytesMax;
  }

  toolStarted(): void {
    this.#isBroken = true;
    this.#isFollowedByTool = true;
  }

  /** What an agent without names says from now on is another message; what it has said stays its last word. */
  toolEnded(): void {
    this.#isBroken = true;
  }

  /** The answer of the turn so far; empty where there is none. */
  get final(): string {
    return this.#isFollowedByTool ? "" : this.lastText;
  }

  /** The newest text of the agent itself, final or not. */
  get lastText(): string {
    return this.#last?.text ?? "";
  }

  /** What the program said in its own name, from the end where that was long. */
  get notices(): string {
    return this.#notices;
  }

  #addNotice(text: string): true {
    this.#notices = (this.#notices + text).slice(-limits.progressTextCharsMax);
    this.#tell("notices", text);
    return true;
  }

  #unnamed(): SaidMessage {
    return this.#last === undefined || this.#isBroken ? this.#begin(`\0${this.#messageCount}`) : this.#last;
  }

  #named(messageId: string): SaidMessage {
    const key = keptId(messageId);
    return this.#messages.get(key) ?? this.#begin(key);
  }

  #begin(key: string): SaidMessage {
    this.#messageCount += 1;
    const message = { stream: `assistant-${this.#messageCount}`, text: "", bytes: 0 };
    this.#messages.set(key, message);
    return message;
  }

  /** Messages may go on after others have begun, but no more of them are kept than an answer may take, and not endlessly many. */
  #forgetOldest(): void {
    for (const [key, message] of this.#messages) {
      if (this.#bytes <= limits.agentOutputBytesMax && this.#messages.size <= limits.acpMessagesMax) return;
      if (message === this.#last) continue;
      this.#messages.delete(key);
      this.#bytes -= message.bytes;
    }
  }
}
