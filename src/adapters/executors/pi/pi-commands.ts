import type { Fields } from "../../../domain/fields.ts";
import type { Clock, Timer } from "../../../ports/clock.ts";
import type { RecordChild } from "../processes/agent-child.ts";
import { fieldsOf, textField } from "./pi-records.ts";

/** What became of a command. */
export type PiAnswer =
  | { readonly type: "done"; readonly data: Fields }
  | { readonly type: "refused"; readonly error: string }
  /** Nothing was heard within the window; pi may have taken it all the same. */
  | { readonly type: "unanswered" }
  /** It could not be written. */
  | { readonly type: "unsent" }
  /** It was written, or was being written, and the conversation ended before an answer came. */
  | { readonly type: "cutOff" };

export interface AskOptions {
  /** How long to wait for an answer once the command is in the pipe, and how long for that. Default: for ever. */
  readonly windowMs?: number;
  /**
   * Called with what becomes of it, before the next record of pi is heard; once more with an answer that comes after the window.
   */
  readonly heard?: (answer: PiAnswer) => void;
}

interface Asked {
  readonly type: string;
  readonly settle: (answer: PiAnswer) => void;
  readonly heard: ((answer: PiAnswer) => void) | undefined;
  isWaited: boolean;
  timer: Timer | undefined;
}

/** Sends commands to pi and finds the answer of each: by its id, because pi answers in any order. */
export class PiCommands {
  private readonly child: RecordChild;
  private readonly clock: Clock;
  private readonly asked = new Map<string, Asked>();
  private count = 0;
  private isClosed = false;

  constructor(child: RecordChild, clock: Clock) {
    this.child = child;
    this.clock = clock;
  }

  /** Never rejects. */
  ask(command: { readonly type: string } & Fields, { windowMs, heard }: AskOptions = {}): Promise<PiAnswer> {
    if (this.isClosed) return Promise.resolve({ type: "unsent" });
    const id = `cmd-${++this.count}`;
    return new Promise((settle) => {
      const asked: Asked = { type: command.type, settle, heard, isWaited: true, timer: undefined };
      this.asked.set(id, asked);
      if (windowMs !== undefined) this.arm(asked, windowMs);
      void this.write(id, asked, command, windowMs);
    });
  }

  /** Takes a record of type `response`. */
  hear(record: Fields): void {
    const id = textField(record, "id") ?? this.nameless(record);
    const asked = id === undefined ? undefined : this.asked.get(id);
    if (id === undefined || asked === undefined) return;
    const answer: PiAnswer =
      record["success"] === true
        ? { type: "done", data: fieldsOf(record, "data") }
        : { type: "refused", error: textField(record, "error") ?? `pi refused ${asked.type} without a reason` };
    this.finish(id, asked, answer);
  }

  /** No answer is waited for any more. */
  close(): void {
    this.isClosed = true;
    // What is not known to have failed may be in the pipe, though that was not confirmed yet.
    for (const [id, asked] of this.asked) this.finish(id, asked, { type: "cutOff" });
  }

  private async write(id: string, asked: Asked, command: Fields, windowMs: number | undefined): Promise<void> {
    const isSent = await this.child.send({ id, ...command });
    if (!asked.isWaited || !this.asked.has(id)) return;
    if (!isSent) this.finish(id, asked, { type: "unsent" });
    // A pipe that was full has its own window; the child's begins when it can read the command.
    else if (windowMs !== undefined) this.arm(asked, windowMs);
  }

  /** Before 0.79.7, pi answers a command that it does not know without saying which one it was: the oldest of that name. */
  private nameless(record: Fields): string | undefined {
    const command = textField(record, "command");
    if (record["success"] === true || command === undefined) return undefined;
    for (const [id, asked] of this.asked) if (asked.type === command) return id;
    return undefined;
  }

  private finish(id: string, asked: Asked, answer: PiAnswer): void {
    this.asked.delete(id);
    asked.timer?.cancel();
    const { isWaited } = asked;
    asked.isWaited = false;
    if (isWaited) tell(asked, answer);
    else if (answer.type === "done" || answer.type === "refused") asked.heard?.(answer);
  }

  private arm(asked: Asked, windowMs: number): void {
    asked.timer?.cancel();
    const timer = this.clock.setTimer(this.clock.now() + windowMs, () => void this.lapse(asked, timer));
    asked.timer = timer;
  }

  /** A thread that was blocked past the window finds the answer in the pipe: it looks there before it gives up. */
  private async lapse(asked: Asked, timer: Timer): Promise<void> {
    await this.clock.turn?.();
    if (!asked.isWaited || asked.timer !== timer) return;
    asked.isWaited = false;
    tell(asked, { type: "unanswered" });
  }
}

function tell(asked: Asked, answer: PiAnswer): void {
  asked.heard?.(answer);
  asked.settle(answer);
}
