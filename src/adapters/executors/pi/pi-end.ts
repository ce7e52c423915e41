import type { Fields } from "../../../domain/fields.ts";
import { limits } from "../../../domain/limits.ts";
import type { Clock, Timer } from "../../../ports/clock.ts";
import type { PiAnswer, PiCommands } from "./pi-commands.ts";

/**
 * Finds out when the agent is really done. `agent_end` alone does not say so: a retry, a compaction or a queued message may follow.
 *
 * From 0.80.4 on `agent_settled` says it. For all others, and beside it, pi is asked for its state whenever it might be done: the
 * answer comes after all that pi had begun to say.
 */
export class PiEnd {
  /** Whether the agent is done, for now: a run that starts takes it back. */
  isOver = false;
  /** Whether anything of the run was heard. */
  hasBegun = false;
  private readonly commands: PiCommands;
  private readonly clock: Clock;
  private readonly over: () => void;
  private hasEnded = false;
  private isRetrying = false;
  private isCompacting = false;
  /** After a compaction that lets the agent go on: by when it must have done so. */
  private restartBy: number | undefined;
  private looks = 0;
  /** One question at a time: an agent that ends a thousand times a second is not asked as often. */
  private isAsking = false;
  /** Something has ended since pi was asked, so that the answer may be about what was before. */
  private isToAskAgain = false;
  private timer: Timer | undefined;

  constructor(commands: PiCommands, clock: Clock, over: () => void) {
    this.commands = commands;
    this.clock = clock;
    this.over = over;
  }

  /** Whether the run had ended and nothing was on the way, if pi should be gone now. */
  get wasEnding(): boolean {
    return this.isOver || (this.hasEnded && !this.isRetrying && !this.isCompacting && this.restartBy === undefined);
  }

  /** A prompt is about to be sent: what comes before the first message of its run is about an earlier one. */
  expectRun(): void {
    this.forgetLooks();
    this.isOver = false;
    this.hasBegun = false;
    this.hasEnded = false;
  }

  /** The prompt was not taken: all is as it was before. */
  expectNothing(): void {
    this.forgetLooks();
    this.isOver = true;
    this.hasBegun = true;
  }

  close(): void {
    this.forgetLooks();
  }

  hear(record: Fields): void {
    switch (record["type"]) {
      case "agent_start":
        this.forgetLooks();
        this.isOver = false;
        this.hasEnded = false;
        this.isRetrying = false;
        this.restartBy = undefined;
        return;
      case "message_start":
      case "message_end":
        this.hasBegun = true;
        return;
      case "agent_end":
        this.ended();
        return;
      case "agent_settled":
        if (this.hasBegun) this.isDone();
        return;
      case "auto_retry_start":
        this.isRetrying = true;
        return;
      case "auto_retry_end":
        this.isRetrying = false;
        // A retry that was called off is the end, without another `agent_end`.
        if (record["success"] === false) this.ended();
        return;
      case "compaction_start":
      case "auto_compaction_start":
        this.isCompacting = true;
        return;
      case "compaction_end":
      case "auto_compaction_end":
        this.isCompacting = false;
        if (record["willRetry"] === true) this.restartBy = this.clock.now() + limits.agentAckMs;
        void this.look();
        return;
      default:
    }
  }

  /** Asks pi whether it is done. */
  async look(): Promise<void> {
    if (!this.hasBegun || this.isOver) return;
    this.forgetLooks();
    if (this.isAsking) {
      this.isToAskAgain = true;
      return;
    }
    this.isAsking = true;
    const look = this.looks;
    const answer = await this.commands.ask({ type: "get_state" }, { windowMs: limits.agentAckMs });
    this.isAsking = false;
    if (this.isToAskAgain) {
      void this.look();
      return;
    }
    if (look !== this.looks || this.isOver) return;
    const isIdle = saysIdle(answer);
    if (isIdle === undefined) return;
    if (isIdle && !this.isAwaited()) this.isDone();
    // Nothing that is on the way would bring another look: it asks again.
    else if (this.hasEnded && !this.isRetrying && !this.isCompacting) this.lookLater();
  }

  private ended(): void {
    this.hasEnded = true;
    void this.look();
  }

  private isDone(): void {
    this.forgetLooks();
    if (this.isOver) return;
    this.isOver = true;
    this.over();
  }

  private isAwaited(): boolean {
    if (this.isRetrying || this.isCompacting) return true;
    return this.restartBy !== undefined && this.clock.now() < this.restartBy;
  }

  private lookLater(): void {
    this.timer = this.clock.setTimer(this.clock.now() + limits.agentIdleLookMs, () => void this.look());
  }

  private forgetLooks(): void {
    this.looks++;
    this.isToAskAgain = false;
    this.timer?.cancel();
    this.timer = undefined;
  }
}

/** Undefined where pi is gone. One that does not answer is busy. */
export function saysIdle(answer: PiAnswer): boolean | undefined {
  if (answer.type === "unsent" || answer.type === "cutOff") return undefined;
  if (answer.type === "unanswered") return false;
  return answer.type === "refused" || (answer.data["isStreaming"] !== true && answer.data["isCompacting"] !== true);
}
