import type { ProgressReport } from "../domain/events.ts";
import type { EpochMs } from "../domain/ids.ts";
import { limits } from "../domain/limits.ts";
import type { Clock, Timer } from "../ports/clock.ts";
import type { ToolReport } from "../ports/executor.ts";
import { cut } from "./error-text.ts";

interface StreamText {
  /** The end of what was not reported yet, at most `progressTextCharsMax` characters. */
  tail: string;
  newChars: number;
  totalChars: number;
  reportedAt: EpochMs | undefined;
}

/**
 * Thins out what one attempt tells, so that the journal grows with time and not with talk.
 *
 * The first text of each stream is reported at once; then whenever 1000 more characters and 250 ms have come together.
 * The newest text is kept, not the oldest, and what was left out is counted. Notes are reported at most every 250 ms, the newest wins.
 * Every start and every end of a tool is reported: they are few, and each tells something that the next one does not.
 * What is left at the end is in the outcome, so it is not reported again.
 */
export class ProgressThrottle {
  readonly #clock: Clock;
  readonly #report: (report: ProgressReport) => void;
  readonly #streams = new Map<string, StreamText>();
  #note: Extract<ProgressReport, { kind: "note" }> | undefined;
  #notedAt: EpochMs | undefined;
  #timer: Timer | undefined;
  #reports = 0;

  constructor(clock: Clock, report: (report: ProgressReport) => void) {
    this.#clock = clock;
    this.#report = report;
  }

  text(stream: string, text: string): void {
    if (text === "" || this.#reports >= limits.progressEventsPerAttemptMax) return;
    stream = stream.slice(0, limits.streamNameCharsMax);
    let state = this.#streams.get(stream);
    if (state === undefined) {
      state = { tail: "", newChars: 0, totalChars: 0, reportedAt: undefined };
      this.#streams.set(stream, state);
    }
    state.tail = tailOf(state.tail + text.slice(-limits.progressTextCharsMax));
    state.newChars += text.length;
    state.totalChars += text.length;
    this.#reportDue(stream, state);
  }

  note(message: string, fraction: number | undefined): void {
    this.#note = {
      kind: "note",
      message: message.slice(0, limits.progressTextCharsMax),
      ...(fraction === undefined || !Number.isFinite(fraction) ? {} : { fraction: Math.min(1, Math.max(0, fraction)) }),
    };
    this.#reportNote();
  }

  tool({ tool, phase, call, isError, summary }: ToolReport): void {
    this.#send({
      kind: "tool",
      tool: cut(tool, limits.toolNameCharsMax),
      phase,
      ...(call === undefined ? {} : { call: cut(call, limits.toolNameCharsMax) }),
      ...(isError === undefined ? {} : { isError }),
      ...(summary === undefined ? {} : { summary: cut(summary, limits.toolSummaryCharsMax) }),
    });
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#reports = limits.progressEventsPerAttemptMax;
  }

  #reportDue(stream: string, state: StreamText): void {
    const now = this.#clock.now();
    if (state.reportedAt !== undefined) {
      if (state.newChars < limits.progressTextCharsMin) return;
      if (!this.#isQuiet(state.reportedAt, now)) {
        this.#armTimer(state.reportedAt + limits.progressIntervalMs);
        return;
      }
    }
    const omittedChars = state.newChars - state.tail.length;
    const { tail: text, totalChars } = state;
    state.tail = "";
    state.newChars = 0;
    state.reportedAt = now;
    this.#send({ kind: "text", stream, text, ...(omittedChars > 0 ? { omittedChars } : {}), totalChars });
  }

  #reportNote(): void {
    const note = this.#note;
    if (note === undefined) return;
    const now = this.#clock.now();
    if (!this.#isQuiet(this.#notedAt, now)) {
      this.#armTimer(this.#notedAt! + limits.progressIntervalMs);
      return;
    }
    this.#note = undefined;
    this.#notedAt = now;
    this.#send(note);
  }

  #armTimer(at: EpochMs): void {
    this.#timer ??= this.#clock.setTimer(at, () => {
      this.#timer = undefined;
      this.#reportNote();
      for (const [stream, state] of this.#streams) if (state.newChars > 0) this.#reportDue(stream, state);
    });
  }

  /** A clock that was set back does not silence an attempt. */
  #isQuiet(since: EpochMs | undefined, now: EpochMs): boolean {
    return since === undefined || now - since >= limits.progressIntervalMs || now < since;
  }

  #send(report: ProgressReport): void {
    if (this.#reports >= limits.progressEventsPerAttemptMax) return;
    this.#reports++;
    const isLast = this.#reports === limits.progressEventsPerAttemptMax;
    this.#report(
      isLast ? { kind: "note", message: "This attempt has told enough; no more of it is recorded." } : report,
    );
  }
}

/** The end of a text, not beginning within a surrogate pair. */
function tailOf(text: string): string {
  const tail = text.slice(-limits.progressTextCharsMax);
  return /^[\uDC00-\uDFFF]/.test(tail) ? tail.slice(1) : tail;
}
