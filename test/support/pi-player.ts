import { readFileSync } from "node:fs";
import { isRecord, type Fields } from "../../src/domain/fields.ts";
import { FakeRecordChild } from "./fake-record-child.ts";
import { turn } from "./pi-order.ts";

export interface RecordedLine {
  readonly t: number;
  readonly dir: "in" | "out" | "err" | "exit";
  readonly line: string;
}

/** What the player does when the recorded parent did something that must be brought about here. */
export interface PlayerHands {
  /** A message is sent to the agent. */
  message(channel: "steer" | "follow_up", text: string): void;
  /** The step is told to stop. */
  stop(): void;
}

/** Far more turns than a command takes on its way. */
const turnsMax = 100;

export function readRecording(file: string): readonly RecordedLine[] {
  const text = readFileSync(new URL(`../recordings/pi/${file}`, import.meta.url), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as RecordedLine);
}

/**
 * Plays a recorded pi to a parent that does about what the recorded one did. What that one sent is waited for by its type; what it sent and
 * this one does not is passed over together with its answer; what this one sends besides is answered as pi would.
 */
export class PiPlayer {
  readonly child = new FakeRecordChild();
  /** What was said of the run until the conversation ended. */
  readonly said: Fields[] = [];
  private readonly lines: readonly RecordedLine[];
  private readonly prompt: string | undefined;
  private readonly hands: PlayerHands;
  private readonly unmatched: Fields[] = [];
  /** Recorded ids to those of the commands here. */
  private readonly ids = new Map<unknown, unknown>();
  private readonly texts = new Map<string, string>();
  private readonly looks: { command: Fields; at: number }[] = [];
  private hasPrompted = false;
  private isStreaming = false;
  private isCompacting = false;
  private now = 0;
  private readonly settles: boolean;
  private readonly model: Fields;

  constructor(lines: readonly RecordedLine[], prompt: string | undefined, hands: PlayerHands) {
    // Where the recorded parent wrote its first chunk before the recording began, its prompt is told by the answer alone.
    const told = { id: "p1", type: "prompt", message: "first" };
    const isTold = lines.some(({ dir, line }) => dir === "in" && line.includes('"prompt"'));
    this.lines = isTold ? lines : [{ t: 0, dir: "in", line: JSON.stringify(told) }, ...lines];
    const recorded = lines.find(({ line }) => line.includes('"get_state","success":true'));
    const state = recorded === undefined ? undefined : (JSON.parse(recorded.line) as { data: { model: Fields } });
    this.model = state?.data.model ?? { id: "fake-1", provider: "fake" };
    this.prompt = prompt;
    this.hands = hands;
    this.settles = lines.some(({ line }) => line.includes('"agent_settled"'));
    this.child.onSend = (command) => this.hear(command);
  }

  async play(isDone: () => boolean): Promise<void> {
    for (const line of this.lines) {
      await turn();
      if (isDone()) return;
      this.now = line.t;
      if (this.hasPrompted) this.answerLooks();
      if (line.dir === "err") this.child.stderrTail += line.line;
      else if (line.dir === "in") await this.wait(line.line, isDone);
      else if (line.dir === "out") this.say(JSON.parse(line.line) as Fields);
      else {
        const { code, signal } = JSON.parse(line.line) as { code: number | null; signal: NodeJS.Signals | null };
        this.now = Infinity;
        this.answerLooks();
        await turn();
        if (!isDone()) this.child.leave(code, signal);
      }
    }
  }

  private hear(command: Fields): void {
    if (command["type"] === "get_state") this.looks.push({ command, at: this.now + 1 });
    else if (command["type"] === "clear_queue") this.answerClear(command);
    else this.unmatched.push(command);
  }

  /** An answer comes after all that pi had begun to say, which arrives within a millisecond. */
  private answerLooks(): void {
    while (this.looks[0] !== undefined && this.looks[0].at < this.now) {
      const { command } = this.looks.shift()!;
      const { isStreaming, isCompacting, model } = this;
      const data = { model, isStreaming, isCompacting, pendingMessageCount: 0 };
      this.child.say({ id: command["id"], type: "response", command: "get_state", success: true, data });
    }
  }

  private answerClear(command: Fields): void {
    const answer = { type: "response", command: "clear_queue" };
    if (this.settles)
      this.child.say({ ...answer, id: command["id"], success: true, data: { steering: [], followUp: [] } });
    else this.child.say({ ...answer, success: false, error: "Unknown command: clear_queue" });
  }

  private async wait(line: string, isDone: () => boolean): Promise<void> {
    let recorded: unknown;
    try {
      recorded = JSON.parse(line);
    } catch {
      return;
    }
    if (!isRecord(recorded)) return;
    const type = this.act(recorded);
    if (type === undefined) return;
    for (let turns = 0; turns < turnsMax; turns++) {
      const index = this.unmatched.findIndex((command) => command["type"] === type);
      const command = this.unmatched[index];
      if (command !== undefined) {
        this.unmatched.splice(index, 1);
        this.ids.set(recorded["id"], command["id"]);
        if (typeof recorded["message"] === "string") this.texts.set(recorded["message"], String(command["message"]));
        return;
      }
      await turn();
      if (isDone()) return;
    }
    throw new Error(`The conversation never sent what was recorded: ${line.slice(0, 200)}`);
  }

  /** Brings about what the recorded parent did; the type of the command that this comes to here, if any. */
  private act(recorded: Fields): string | undefined {
    const { type, message, streamingBehavior } = recorded as Record<string, string | undefined>;
    if (type === "prompt" && streamingBehavior === undefined) {
      if (this.hasPrompted || (this.prompt !== undefined && message !== this.prompt)) return undefined;
      this.hasPrompted = true;
      // The parent asks whether pi is ready, and prompts it then.
      this.now = Infinity;
      this.answerLooks();
      return "prompt";
    }
    if (!this.hasPrompted) return undefined;
    if (type === "abort" && recorded["id"] !== "idle-abort") this.hands.stop();
    else if (type === "steer" || streamingBehavior === "steer") return this.message("steer", message);
    else if (type === "follow_up" || streamingBehavior === "followUp") return this.message("follow_up", message);
    else if (type !== "extension_ui_response") return undefined;
    return type;
  }

  private message(channel: "steer" | "follow_up", text: string | undefined): string {
    this.hands.message(channel, String(text));
    return channel;
  }

  private say(recorded: Fields): void {
    const { type } = recorded;
    if (type === "agent_start") this.isStreaming = true;
    if (type === "agent_settled" || (type === "agent_end" && !this.settles)) this.isStreaming = false;
    if (type === "compaction_start") this.isCompacting = true;
    if (type === "compaction_end") this.isCompacting = false;
    if (type === "response" && recorded["id"] !== undefined) {
      // The answer to what was not sent here.
      if (!this.ids.has(recorded["id"])) return;
      this.child.say({ ...recorded, id: this.ids.get(recorded["id"]) });
      return;
    }
    const said = JSON.parse(JSON.stringify(recorded), (_key, value: unknown) =>
      typeof value === "string" ? (this.texts.get(value) ?? value) : value,
    ) as Fields;
    // What an earlier prompt brought about is left out, but for the answers to what cannot be understood.
    if (!this.hasPrompted && type !== "response") return;
    this.said.push(said);
    this.child.say(said);
  }
}
