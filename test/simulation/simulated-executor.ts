import type { StepDocument } from "../../src/domain/graph-document.ts";
import type { Attempt, AttemptOwner, AttemptResult, Executor, Message, StopRequest } from "../../src/ports/executor.ts";
import type { Behaviour } from "../support/run-arbitrary.ts";
import { failureOf } from "../support/run-arbitrary.ts";
import type { Chance } from "./chance.ts";
import { answerOf, say } from "./message-answers.ts";
import type { Faults } from "./scenario.ts";
import type { ProcessClock, SimulatedTime } from "./simulated-time.ts";

/** Work that is under way in a process, or that outlived its process. */
export interface Working {
  readonly attempt: Attempt;
  readonly owner: AttemptOwner;
  readonly stops: StopRequest[];
  end(result: AttemptResult): void;
}

export interface SimulatedExecutorParts {
  readonly time: SimulatedTime;
  readonly clock: ProcessClock;
  readonly chance: Chance;
  readonly faults: Faults;
  readonly resumes: number;
  readonly pace: number;
  behaviourOf(attempt: Attempt): Behaviour;
  /** Holds an attempt that is about to begin to the laws. */
  launched(working: Working): void;
  /** Holds a message that an attempt is handed to the laws. */
  handed(working: Working, message: Message): void;
  /** Ends what lower epochs of a run left behind, in whatever process. */
  sweep(owner: AttemptOwner, isWhole: boolean): void;
}

/** Does the work of one process's attempts, each as its scenario says, in the time of the simulation. */
export class SimulatedExecutor implements Executor {
  readonly kinds = ["command", "shell", "task", "agent"] as const;
  readonly working = new Set<Working>();
  readonly #parts: SimulatedExecutorParts;

  constructor(parts: SimulatedExecutorParts) {
    this.#parts = parts;
  }

  resumes({ id }: StepDocument): boolean {
    const { resumes } = this.#parts;
    return resumes > 0 && numberOf(id) % resumes === 0;
  }

  /** Some steps hear nothing. */
  takesMessages({ id }: StepDocument): boolean {
    return numberOf(id) % 4 !== 3;
  }

  execute(attempt: Attempt): Promise<AttemptResult> {
    const { behaviourOf, chance, launched } = this.#parts;
    return new Promise((resolve, reject) => {
      // The owner is asked now: it is that of the run, which may be another one later.
      const owner = { ...attempt.owner };
      const working: Working = {
        attempt,
        owner,
        stops: [],
        end: (result) => {
          this.working.delete(working);
          if (chance.happens(2)) reject(new Error("The work broke down."));
          else resolve(result);
          // It goes on talking, and nobody must listen.
          if (chance.happens(20)) attempt.text("stdout", "afterwards");
        },
      };
      this.working.add(working);
      launched(working);
      const behaviour = behaviourOf(attempt);
      attempt.stop.onRequest((request) => {
        working.stops.push(request);
        this.#stop(working, request, behaviour);
      });
      this.#listen(working);
      this.#begin(working, behaviour);
    });
  }

  async sweep(owner: AttemptOwner): Promise<void> {
    const { time, clock, chance, faults, sweep } = this.#parts;
    await new Promise<void>((resolve) => void time.after(chance.below(faults.delayMsMax + 1), resolve, clock));
    const fails = chance.happens(faults.sweeping);
    sweep(owner, !fails);
    if (fails) throw new Error("Some of it could not be ended.");
  }

  /** Some programs take a while before they hear anything, and all of them before they answer. */
  #listen(working: Working): void {
    const { chance, handed } = this.#parts;
    const hear = (message: Message): void => {
      handed(working, message);
      for (const [place, what] of answerOf(message).entries()) this.#later(5 * (place + 1), () => say(message, what));
    };
    if (chance.happens(50)) working.attempt.onMessage(hear);
    else this.#later(10, () => working.attempt.onMessage(hear));
  }

  #begin(working: Working, { ends, tells, afterMs }: Behaviour): void {
    const { attempt } = working;
    if (tells) attempt.note("Begun.", 0.5);
    if (tells) this.#later(0, () => attempt.text("stdout", "Begun."));
    if (ends === "succeeds") {
      const given = attempt.upstream.map(({ step, status }) => `${step} ${status}`).join();
      this.#later(
        afterMs * this.#parts.pace,
        () => void this.#finish(working, { value: `${attempt.step.id}.${attempt.number}(${given})` }),
      );
    }
    if (ends === "fails") this.#later(afterMs * this.#parts.pace, () => working.end(failed()));
    if (ends === "failsForGood") this.#later(afterMs * this.#parts.pace, () => working.end(failed(true)));
  }

  /** Keeps something beside its output first, now and then. */
  async #finish(working: Working, output: { readonly value: string }): Promise<void> {
    const { attempt } = working;
    if (this.#parts.chance.happens(20)) {
      try {
        const writer = await attempt.createArtifact("log");
        await writer.write(new TextEncoder().encode(output.value));
        await writer.commit();
      } catch {
        // It had been stopped, or the same attempt kept it before it was interrupted.
      }
    }
    working.end({ type: "succeeded", output });
  }

  #stop(working: Working, { cause }: StopRequest, { stopped, stopsAfterMs }: Behaviour): void {
    const result: AttemptResult =
      stopped === "succeeds"
        ? { type: "succeeded", output: { value: "late" } }
        : {
            type: "failed",
            failure: failureOf(cause === "timedOut" ? "timedOut" : "aborted"),
            partial: { value: "so far" },
          };
    if (stopped !== "ignoresIt") this.#later(stopsAfterMs, () => working.end(result));
  }

  #later(ms: number, happen: () => void): void {
    this.#parts.time.after(ms, happen, this.#parts.clock);
  }
}

function failed(isFinal = false): AttemptResult {
  return { type: "failed", failure: failureOf("thrown", isFinal) };
}

/** Steps are called `s<number>`; whatever an edit adds behaves like the first. */
export function numberOf(step: string): number {
  const number = Number(step.slice(1));
  return Number.isInteger(number) ? number : 0;
}
