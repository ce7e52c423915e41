import { limits } from "../domain/limits.ts";
import { cutText } from "../domain/cut-text.ts";
import type { Run, RunSnapshot } from "../index.ts";
import { formatResult } from "./format-result.ts";
import { teamRun } from "./run-rows.ts";
import { teamDetails } from "./team-details.ts";
import { type TeamDiagnostic, warning } from "./team-diagnostic.ts";
import type { TeamUpdate } from "./tool-host.ts";

/**
 * Tells somebody how a run stands whenever that changes, but not too often; what comes in between is told when its time has come, so that
 * the last that was told is how the run stands. Whoever fails at it is asked no more, and no run is the worse for it.
 */
export class RunWatch {
  readonly #tell: (update: TeamUpdate) => unknown;
  readonly #subscription: { unsubscribe(): void };
  #newest: RunSnapshot | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  #failure: TeamDiagnostic | undefined;

  constructor(run: Run, tell: (update: TeamUpdate) => unknown) {
    this.#tell = tell;
    this.#subscription = run.snapshot$.subscribe((snapshot) => {
      this.#newest = snapshot;
      if (this.#timer === undefined) this.#tellNewest();
    });
  }

  /** Tells nothing more. Gives why the listener was dropped, if it was. */
  end(): TeamDiagnostic | undefined {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#subscription.unsubscribe();
    return this.#failure;
  }

  #tellNewest(): void {
    this.#timer = undefined;
    const snapshot = this.#newest;
    if (snapshot === undefined || this.#isOver || this.#failure !== undefined) return;
    this.#newest = undefined;
    // It keeps no process alive: what waits is the call.
    this.#timer = setTimeout(() => this.#tellNewest(), limits.toolUpdateMs).unref();
    const details = teamDetails({ action: "run_status", run: teamRun(snapshot) });
    try {
      const answer = this.#tell({ details, text: formatResult(details) });
      if (answer instanceof Promise) answer.catch((thrown: unknown) => this.#failed(thrown));
    } catch (thrown) {
      this.#failed(thrown);
    }
  }

  #failed(thrown: unknown): void {
    const why = cutText(thrown instanceof Error ? thrown.message : String(thrown), limits.failureMessageCharsMax);
    this.#failure ??= warning("run-ui-callback-failed", `An update was not told, nor any after it: ${why}`);
  }
}
