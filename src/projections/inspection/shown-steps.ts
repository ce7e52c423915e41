import { RunfoldError } from "../../domain/errors.ts";
import type { StepId } from "../../domain/ids.ts";
import { limits } from "../../domain/limits.ts";
import { quotedValue } from "../../domain/quoted-text.ts";

/**
 * Which steps an inspector is shown: all of them, those that have run or ended without success (`active`), those that ended without
 * success (`failed`), or none but those that are picked.
 */
export type StepFilter = "all" | "active" | "failed" | "picked";

export interface StepChoice {
  /** Default: `all` in a graph with no more steps than are shown, else `active`. */
  readonly steps?: StepFilter;
  /** Steps that are shown whatever happens to them, before any others. */
  readonly pick?: readonly StepId[];
  /**
   * How many steps are shown, 1 to `limits.inspectStepsMax`; the run's snapshot counts the others. A quarter is kept for steps that end
   * without success. Default: `limits.inspectStepsDefault`.
   */
  readonly stepsMax?: number;
}

const filters: readonly StepFilter[] = ["all", "active", "failed", "picked"];

/** What has become of a step that is not shown. */
export type Cause = "declared" | "started" | "missed";

/** Decides which steps are shown. What is decided depends on the events so far alone, so it is the same for everyone who looks. */
export class ShownSteps {
  readonly #choice: StepChoice;
  readonly #picked: ReadonlySet<StepId>;
  readonly #stepsMax: number;
  /** Of each step that was wanted, whether it is shown, or left out because there was no room for it. */
  readonly #isShown = new Map<StepId, boolean>();
  #size = 0;
  #filter: StepFilter = "all";
  #roomForStarted = 0;

  /** @throws `inspect.invalid` */
  constructor(choice: StepChoice) {
    const { steps, stepsMax = limits.inspectStepsDefault, pick = [] } = choice;
    const isCount = Number.isSafeInteger(stepsMax) && stepsMax >= 1 && stepsMax <= limits.inspectStepsMax;
    if (!isCount) {
      throw invalid(`stepsMax is a whole number from 1 to ${limits.inspectStepsMax}, not ${quotedValue(stepsMax)}`);
    }
    if (steps !== undefined && !filters.includes(steps)) {
      throw invalid(`steps is one of ${filters.join(", ")}, not ${quotedValue(steps)}`);
    }
    this.#choice = choice;
    this.#picked = new Set(pick);
    this.#stepsMax = stepsMax;
  }

  get size(): number {
    return this.#size;
  }

  /** Steps for which there was no room. */
  get refused(): number {
    return this.#isShown.size - this.#size;
  }

  get stepsMax(): number {
    return this.#stepsMax;
  }

  /** The steps of a graph that are shown from its beginning on, in declared order, and are not yet. */
  declare(ids: readonly StepId[]): StepId[] {
    this.#filter = this.#choice.steps ?? (ids.length <= this.#stepsMax ? "all" : "active");
    this.#roomForStarted =
      ids.length <= this.#stepsMax ? this.#stepsMax : Math.max(1, Math.floor(this.#stepsMax * 0.75));
    const picked =
      this.#picked.size === 0 ? [] : ids.filter((id) => this.#picked.has(id) && this.look(id, "declared") === "new");
    const others = this.#filter === "all" ? ids.filter((id) => this.look(id, "declared") === "new") : [];
    return [...picked, ...others];
  }

  /** Whether a step is shown already, from now on, or not. */
  look(step: StepId, cause: Cause): "shown" | "new" | "hidden" {
    const isShown = this.#isShown.get(step);
    if (isShown === true) return "shown";
    const isUrgent = cause === "missed" || this.#picked.has(step);
    // Of a large run most steps come here: what had no room once has none later.
    if ((isShown === false && !isUrgent) || !this.#isWanted(step, cause)) return "hidden";
    const hasRoom = this.#size < (isUrgent ? this.#stepsMax : this.#roomForStarted);
    this.#isShown.set(step, hasRoom);
    if (!hasRoom) return "hidden";
    this.#size++;
    return "new";
  }

  #isWanted(step: StepId, cause: Cause): boolean {
    if (this.#picked.has(step) || this.#filter === "all") return true;
    if (this.#filter === "active") return cause !== "declared";
    return this.#filter === "failed" && cause === "missed";
  }
}

function invalid(what: string): RunfoldError {
  return new RunfoldError("inspect.invalid", `${what}.`);
}
