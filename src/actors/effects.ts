import type { Event } from "../domain/events.ts";
import type { EpochMs, StepId } from "../domain/ids.ts";
import type { TimerFired } from "../domain/inputs.ts";
import type { NoticeNumber } from "../domain/notice.ts";
import { limits } from "../domain/limits.ts";
import { workKindOf } from "../domain/graph-document.ts";
import type { StepDocument, WorkKind } from "../domain/graph-document.ts";
import { backoffMs } from "../domain/retry-policy.ts";
import type { Clock, Timer } from "../ports/clock.ts";
import type { Executor } from "../ports/executor.ts";
import type { AttemptHost } from "./attempt-host.ts";
import type { Deadlines } from "./deadlines.ts";
import { StepActor } from "./step-actor.ts";

export interface EffectsHost extends AttemptHost {
  readonly clock: Clock;
  readonly executors: ReadonlyMap<WorkKind, Executor>;
  readonly deadlines: Deadlines;
  stepOf(id: StepId): StepDocument;
  /** Each executor that any step of the run is for, once; none where nothing of the run can have been left running here. */
  executorsToSweep(): readonly Executor[];
  fire(input: TimerFired): void;
  /** What has been waiting for its time since before this process wrote the run. */
  standing(): Standing;
  /** The notice that waits for its time, and when that comes. Constant time: asked after every commit. */
  nextNotice(): { readonly notice: NoticeNumber; readonly dueAt: EpochMs; readonly intervalMs: number } | undefined;
  /** What an earlier owner left running may still run. */
  sweepFailed(error: unknown): void;
}

/** Times that were recorded before a run came to this process. */
export interface Standing {
  /** Undefined once the run is being ended. */
  readonly deadlineAt: EpochMs | undefined;
  readonly retries: readonly { readonly step: StepId; readonly attempt: number; readonly retryAt: EpochMs }[];
}

/**
 * What follows from committed events, never from anything else: attempts are launched and told to stop, timers armed and
 * cancelled. Each effect is named by its step and attempt, so that doing it again is harmless.
 */
export class Effects {
  readonly #host: EffectsHost;
  readonly #attempts = new Map<StepId, StepActor>();
  readonly #retries = new Map<StepId, Timer>();
  #launches: StepActor[] = [];
  /** While what an earlier owner left running is being ended, nothing is launched. */
  #isSweeping = false;
  #sweepTimer: Timer | undefined;
  #deadline: Timer | undefined;
  #notice: { readonly timer: Timer; readonly dueAt: EpochMs; readonly notice: NoticeNumber } | undefined;

  constructor(host: EffectsHost) {
    this.#host = host;
  }

  /** Takes note of a committed event. Launches wait for {@link launch}, so that a stop may still come first. */
  apply(event: Event): void {
    switch (event.type) {
      case "run.started":
        this.#armDeadline(event.deadlineAt);
        return;
      case "run.recovered":
        this.#armStanding();
        void this.#sweep();
        return;
      case "run.forked":
        this.#armStanding();
        return;
      case "run.cancelRequested":
      case "run.expired":
        // Whichever came first decides how the run ends, so its deadline has nothing left to say.
        this.#deadline?.cancel();
        return;
      case "step.started":
      case "step.resumed": {
        const isResumed = event.type === "step.resumed";
        const step = this.#host.stepOf(event.step);
        const actor = new StepActor(this.#host, step, event.attempt, event.deadlineAt, isResumed);
        this.#attempts.set(event.step, actor);
        this.#launches.push(actor);
        return;
      }
      case "message.sent":
        this.#attempts.get(event.step)?.deliver(event);
        return;
      case "step.abortRequested":
        this.#attempts.get(event.step)?.requestStop(event.cause, event.force);
        return;
      case "step.retryScheduled":
        this.#endAttempt(event.step);
        this.#armRetry(event.step, event.attempt, event.retryAt);
        return;
      case "step.retryDue":
        this.#cancelRetry(event.step);
        return;
      case "step.succeeded":
      case "step.failed":
      case "step.timedOut":
        this.#endAttempt(event.step);
        return;
      case "step.canceled":
        this.#endAttempt(event.step);
        this.#cancelRetry(event.step);
        return;
      case "run.settled":
        this.dispose();
        return;
      default:
        return;
    }
  }

  /** Lets the notice that waits, if there is one, have its time. Asked once the events of a commit have been applied. */
  armNotice(): void {
    const next = this.#host.nextNotice();
    if (next?.notice === this.#notice?.notice && next?.dueAt === this.#notice?.dueAt) return;
    this.#notice?.timer.cancel();
    this.#notice = undefined;
    if (next === undefined) return;
    const { notice, dueAt, intervalMs } = next;
    const { clock } = this.#host;
    // Where the clock was set back since the last one, nobody waits for longer than the whole of an interval.
    const at = Math.min(dueAt, clock.now() + intervalMs);
    const timer = clock.setTimer(at, () => this.#host.fire({ type: "notice.due", notice }));
    this.#notice = { timer, dueAt, notice };
  }

  /** Launches the attempts that have started since the last call. */
  launch(): void {
    if (this.#launches.length === 0) return;
    // One that has been told to stop ends without having begun, so it need not wait.
    const launches = this.#isSweeping ? this.#launches.filter(({ request }) => request !== undefined) : this.#launches;
    this.#launches = this.#isSweeping ? this.#launches.filter(({ request }) => request === undefined) : [];
    for (const actor of launches) actor.launch(this.#host.executors.get(workKindOf(actor.step)));
  }

  /** Lets go of everything: nothing that is still under way will be heard. Attempts that run are told to stop by force. */
  dispose(): void {
    this.#deadline?.cancel();
    this.#sweepTimer?.cancel();
    this.#notice?.timer.cancel();
    this.#host.deadlines.clear();
    for (const timer of this.#retries.values()) timer.cancel();
    this.#retries.clear();
    for (const actor of this.#attempts.values()) {
      actor.requestStop("canceled", true);
      actor.dispose();
    }
    this.#attempts.clear();
    this.#launches = [];
  }

  #endAttempt(step: StepId): void {
    const attempt = this.#attempts.get(step);
    if (attempt === undefined) return;
    attempt.dispose();
    this.#attempts.delete(step);
  }

  #armDeadline(deadlineAt: EpochMs): void {
    this.#deadline = this.#host.clock.setTimer(deadlineAt, () => this.#host.fire({ type: "run.expire" }));
  }

  #armStanding(): void {
    const { deadlineAt, retries } = this.#host.standing();
    if (deadlineAt !== undefined) this.#armDeadline(deadlineAt);
    for (const { step, attempt, retryAt } of retries) {
      // Where the clock was set back since then, nobody waits for longer than the whole of a backoff.
      const latestAt = this.#host.clock.now() + backoffMs(this.#host.stepOf(step).retry, attempt, 0);
      this.#armRetry(step, attempt, Math.min(retryAt, latestAt));
    }
  }

  async #sweep(): Promise<void> {
    this.#isSweeping = true;
    const owner = this.#host.owner();
    const { clock } = this.#host;
    const sweeps = this.#host.executorsToSweep().map(async (executor) => executor.sweep?.(owner));
    const isOver = new Promise<undefined>((resolve) => {
      this.#sweepTimer = clock.setTimer(clock.now() + limits.sweepGiveUpMs, () => resolve(undefined));
    });
    const outcomes = await Promise.race([Promise.allSettled(sweeps), isOver]);
    this.#sweepTimer?.cancel();
    // Better a step that may run twice at the same time, and says so, than a run that never goes on.
    if (outcomes === undefined) this.#host.sweepFailed(new Error(`It took more than ${limits.sweepGiveUpMs} ms.`));
    for (const outcome of outcomes ?? []) if (outcome.status === "rejected") this.#host.sweepFailed(outcome.reason);
    this.#isSweeping = false;
    this.launch();
  }

  #armRetry(step: StepId, attempt: number, retryAt: EpochMs): void {
    const fire = (): void => this.#host.fire({ type: "step.retry", step, attempt });
    this.#retries.get(step)?.cancel();
    this.#retries.set(step, this.#host.clock.setTimer(retryAt, fire));
  }

  #cancelRetry(step: StepId): void {
    this.#retries.get(step)?.cancel();
    this.#retries.delete(step);
  }
}
