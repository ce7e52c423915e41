import type { GraphDocument, StepDocument } from "../../src/domain/graph-document.ts";
import type { Input } from "../../src/domain/inputs.ts";
import { NoticeOracle } from "./notice-oracle.ts";
import { MessageOracle } from "./message-oracle.ts";

export type OracleStatus = "pending" | "running" | "succeeded" | "failed" | "blocked" | "timedOut" | "canceled";

/**
 * The rules of runs and steps, written down a second time and as naively as possible: by looking at every step again until
 * nothing changes any more. It shares no code with the machines, so that the same mistake need not be in both.
 */
export class Oracle {
  readonly statuses = new Map<string, OracleStatus>();
  readonly attempts = new Map<string, number>();
  /** `step#attempt`, in the order of the starts. */
  readonly starts: string[] = [];
  /** When each failed attempt's retry comes. */
  readonly retries = new Map<string, number>();
  end: string | undefined;
  readonly told = new MessageOracle();
  readonly noticed: NoticeOracle;
  readonly #graph: GraphDocument;
  readonly #stopping = new Map<string, "canceled" | "timedOut">();
  readonly #waiting = new Set<string>();
  readonly #diagnostics = new Set<string>();
  readonly #interruptions = new Map<string, number>();
  #epoch = 1;
  #deadlineAt = 0;
  #ending: "canceled" | "expired" | undefined;
  #isForced = false;
  #isStarted = false;
  #isCleaned = false;

  constructor(graph: GraphDocument) {
    this.#graph = graph;
    this.noticed = new NoticeOracle(graph);
    for (const { id } of graph.steps) {
      this.statuses.set(id, "pending");
      this.attempts.set(id, 0);
    }
  }

  /** Whether an input is accepted; if it is, everything that follows from it has happened. */
  accepts(input: Input, at: number): boolean {
    if (!this.#happens(input, at)) return false;
    const isOver = this.end !== undefined;
    this.#settle();
    if (!isOver) this.noticed.settle(this.statuses, this.#ending === undefined, this.end, at);
    return true;
  }

  #happens(input: Input, at: number): boolean {
    if (input.type === "run.start") {
      if (this.#isStarted) return false;
      this.#isStarted = true;
      this.#deadlineAt = at + (this.#graph.limits?.maxRunSeconds ?? 86_400) * 1_000;
      return true;
    }
    if (input.type === "run.clean") {
      if (this.end === undefined || this.#isCleaned) return false;
      this.#isCleaned = true;
      return true;
    }
    if (!this.#isStarted || this.end !== undefined || input.type === "run.fork") return false;
    if (input.type === "run.recover") return this.#recover(input.epoch, input.resumable, at);
    if (input.type === "run.cancel") return this.#cancel(input.force);
    if (input.type === "run.expire") {
      if (this.#ending !== undefined) return false;
      this.#endAll("expired");
      return true;
    }
    const isRunning = this.#ending === undefined;
    if (input.type === "diagnostic.record") {
      const key = JSON.stringify([input.code, input.message]);
      if (this.#diagnostics.has(key) || this.#diagnostics.size === 100) return false;
      this.#diagnostics.add(key);
      const { code, severity } = input;
      // The last one that a run takes says that it takes no more.
      if (this.#diagnostics.size === 100) this.noticed.diagnostic("diagnostics-limited", "warning", isRunning);
      else this.noticed.diagnostic(code, severity, isRunning);
      return true;
    }
    if (input.type === "message.send") {
      const status = this.statuses.get(input.step);
      if (status === undefined) return false;
      const isLive = status === "running" && !this.#stopping.has(input.step);
      return this.told.send(input, this.attempts.get(input.step)!, isLive);
    }
    if (input.type === "notice.due") return this.noticed.isDue(input.notice, isRunning, at);
    if (this.attempts.get(input.step) !== input.attempt) return false;
    if (input.type === "step.retry") return this.#waiting.delete(input.step);
    if (this.statuses.get(input.step) !== "running") return false;
    if (input.type === "message.report") return this.told.report(input);
    const { step } = input;
    const stopping = this.#stopping.get(step);
    if (input.type === "step.timeOut") {
      if (stopping !== undefined) return false;
      this.#stopping.set(step, "timedOut");
    }
    if (input.type === "step.succeed" || input.type === "step.fail") this.told.close(step, "denied");
    if (input.type === "step.succeed" && stopping !== "timedOut") this.statuses.set(step, "succeeded");
    if (input.type === "step.succeed" && stopping === "timedOut") this.#fail(step, false, 0, at);
    if (input.type === "step.fail") this.#fail(step, input.failure.final === true, input.jitter, at);
    return true;
  }

  #recover(epoch: number, resumable: readonly string[], at: number): boolean {
    if (epoch !== this.#epoch + 1) return false;
    this.#epoch = epoch;
    const running = [...this.statuses].flatMap(([step, status]) => (status === "running" ? [step] : []));
    const stopped = running.filter((step) => this.#stopping.has(step));
    const lost = running.filter((step) => !this.#stopping.has(step));
    for (const step of stopped) this.told.close(step, "unknown");
    for (const step of lost) {
      this.statuses.set(step, "pending");
      this.#interruptions.set(step, (this.#interruptions.get(step) ?? 0) + 1);
    }
    const isExpired = this.#ending === undefined && at >= this.#deadlineAt;
    if (isExpired) this.#endAll("expired");
    for (const step of stopped) this.#fail(step, false, 0, at);
    if (isExpired) return true;
    for (const step of lost) {
      if (resumable.includes(step)) {
        this.statuses.set(step, "running");
        this.#interruptions.set(step, this.#interruptions.get(step)! - 1);
        this.told.begin(step, this.attempts.get(step)!);
      } else if (this.#step(step).onInterrupted === "fail") {
        this.told.close(step, "unknown");
        this.statuses.set(step, "failed");
      }
    }
    return true;
  }

  #cancel(force: boolean): boolean {
    if (this.#ending === undefined) this.#endAll("canceled");
    else if (!force || this.#isForced) return false;
    this.#isForced ||= force;
    return true;
  }

  #endAll(ending: "canceled" | "expired"): void {
    this.#ending = ending;
    for (const [step, status] of this.statuses) {
      if (status === "pending") {
        this.told.close(step, "unknown");
        this.statuses.set(step, "canceled");
      }
      if (status === "running" && !this.#stopping.has(step)) this.#stopping.set(step, "canceled");
    }
    this.#waiting.clear();
  }

  #fail(step: string, isFinal: boolean, jitter: number, at: number): void {
    const { retry } = this.#step(step);
    const attempt = this.attempts.get(step)!;
    const stopping = this.#stopping.get(step);
    this.#stopping.delete(step);
    const failures = attempt - (this.#interruptions.get(step) ?? 0);
    let seconds = retry?.backoffSeconds ?? 0;
    for (let doubled = 1; doubled < failures; doubled++) seconds = Math.min(3_600, seconds * 2);
    const waitMs = Math.round(seconds * 1_000 * (1 - jitter / 2));
    const isInTime = at + waitMs < this.#deadlineAt;
    if (this.#ending === undefined && !isFinal && retry !== undefined && failures < retry.attempts && isInTime) {
      this.statuses.set(step, "pending");
      this.retries.set(`${step}#${attempt}`, at + waitMs);
      if (waitMs > 0) this.#waiting.add(step);
      return;
    }
    this.statuses.set(step, stopping ?? "failed");
  }

  #settle(): void {
    for (let isChanged = true; isChanged;) {
      isChanged = false;
      for (const step of this.#graph.steps) {
        if (this.statuses.get(step.id) !== "pending") continue;
        if (this.#of(step.needs).some((status) => hasEnded(status) && status !== "succeeded")) {
          this.statuses.set(step.id, "blocked");
          isChanged = true;
        }
      }
    }
    if (this.#ending === undefined) for (const step of this.#graph.steps) this.#startIfReady(step);
    const statuses = [...this.statuses.values()];
    if (this.end === undefined && statuses.every(hasEnded)) this.end = this.#ending ?? endOf(statuses);
  }

  #startIfReady({ id, needs, after }: StepDocument): void {
    if (this.statuses.get(id) !== "pending" || this.#waiting.has(id)) return;
    if (!this.#of(needs).every((status) => status === "succeeded")) return;
    if (!this.#of(after).every(hasEnded)) return;
    const running = [...this.statuses.values()].filter((status) => status === "running").length;
    if (running >= (this.#graph.limits?.concurrency ?? 6)) return;
    const attempt = this.attempts.get(id)! + 1;
    this.attempts.set(id, attempt);
    this.statuses.set(id, "running");
    this.starts.push(`${id}#${attempt}`);
    this.told.begin(id, attempt);
  }

  #of(steps: readonly string[] | undefined): OracleStatus[] {
    return (steps ?? []).map((step) => this.statuses.get(step)!);
  }

  #step(id: string): StepDocument {
    return this.#graph.steps.find((step) => step.id === id)!;
  }
}

function hasEnded(status: OracleStatus): boolean {
  return status !== "pending" && status !== "running";
}

function endOf(statuses: readonly OracleStatus[]): string {
  if (statuses.every((status) => status === "succeeded")) return "succeeded";
  if (statuses.includes("timedOut")) return "failed";
  return statuses.includes("succeeded") ? "mixed" : "failed";
}
