import { durationText } from "./durations.ts";
import { saidByEvent } from "../surfaces/said.ts";
import { symbolOf } from "./status-look.ts";
import type { Style } from "./terminal.ts";
import type { EpochMs, RecordedEvent, StepId, StepStatus } from "../index.ts";

/** The status that an event of a step leaves it in, where it changes it. */
const statusAfter: Partial<Record<RecordedEvent["event"]["type"], StepStatus>> = {
  "step.started": "running",
  "step.interrupted": "pending",
  "step.resumed": "running",
  "step.retryScheduled": "pending",
  "step.succeeded": "succeeded",
  "step.failed": "failed",
  "step.timedOut": "timedOut",
  "step.canceled": "canceled",
  "step.blocked": "blocked",
};

/** A run as lines that only follow one another, for files, pipes and terminals that cannot redraw: one line an event. */
export class PlainLines {
  readonly #style: Style;
  #startedAt: EpochMs | undefined;
  readonly #attempts = new Map<StepId, EpochMs>();

  constructor(style: Style) {
    this.#style = style;
  }

  /** Undefined for an event that is not worth a line. */
  lineOf({ at, event }: RecordedEvent): string | undefined {
    this.#startedAt ??= at;
    const time = durationText(at - this.#startedAt).padStart(7);
    const line = (symbol: string, text: string): string => `${this.#style.dim(time)} ${symbol} ${text}`;
    const said = saidByEvent(event);
    switch (event.type) {
      case "run.started": {
        const { name, steps } = event.graph;
        return line(symbolOf("running", this.#style), `${this.#style.bold(name)} started, ${stepsText(steps.length)}`);
      }
      case "run.recovered":
      case "run.forked":
        return line(symbolOf("running", this.#style), said);
      case "run.cancelRequested":
      case "run.expired":
        return line(symbolOf("canceling", this.#style), said);
      case "run.settled":
        return line(symbolOf(event.status, this.#style), `the run has ended: ${said}`);
      case "run.cleaned":
      case "artifact.stored":
      case "notice.queued":
      case "step.retryDue":
        return undefined;
      case "diagnostic.recorded":
        return line(this.#style.yellow("!"), event.step === undefined ? said : `${event.step}  ${said}`);
      case "step.started":
      case "step.progressed":
      case "step.abortRequested":
      case "step.interrupted":
      case "step.resumed":
      case "step.retryScheduled":
      case "step.succeeded":
      case "step.failed":
      case "step.timedOut":
      case "step.canceled":
      case "step.blocked":
      case "message.sent":
      case "message.accepted":
      case "message.consumed":
      case "message.denied":
      case "message.unknown":
        break;
    }
    if (said === "") return undefined;
    const status = statusAfter[event.type];
    const symbol = status === undefined ? this.#style.dim("·") : symbolOf(status, this.#style);
    return line(symbol, `${event.step}  ${said}${this.#tookText(event.step, status, at)}`);
  }

  /** How long the attempt took that ends here. */
  #tookText(step: StepId, status: StepStatus | undefined, at: EpochMs): string {
    if (status === undefined) return "";
    const startedAt = this.#attempts.get(step);
    this.#attempts.delete(step);
    if (status === "running") this.#attempts.set(step, at);
    return startedAt === undefined || status === "running" ? "" : this.#style.dim(` (${durationText(at - startedAt)})`);
  }
}

function stepsText(count: number): string {
  return count === 1 ? "1 step" : `${count} steps`;
}
