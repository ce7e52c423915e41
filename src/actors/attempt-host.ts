import type { AgentDefinition } from "../domain/agent.ts";
import type { Place } from "../domain/events.ts";
import type { GraphDocument, StepDocument } from "../domain/graph-document.ts";
import type { RunId } from "../domain/ids.ts";
import type { Report } from "../domain/inputs.ts";
import type { ArtifactStore } from "../ports/artifact-store.ts";
import type { Clock } from "../ports/clock.ts";
import type { Entropy } from "../ports/entropy.ts";
import type { AttemptOwner, Upstream } from "../ports/executor.ts";
import type { AttemptScope } from "../ports/observer.ts";
import type { Deadline } from "./deadlines.ts";

/** What the attempts of one run share. */
export interface AttemptHost {
  readonly run: RunId;
  owner(): AttemptOwner;
  /** The run's name in the artifact store. */
  readonly place: string;
  readonly graph: GraphDocument;
  readonly root: string;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly artifacts: ArtifactStore;
  readonly abortGraceMs: number;
  placeOf(step: StepDocument): Place | undefined;
  /** The agent definition that a step names, as it was when the run started. */
  definitionOf(step: StepDocument): AgentDefinition | undefined;
  upstreamOf(step: StepDocument): readonly Upstream[];
  /** What observers want around the work of an attempt; absent where nobody observes. */
  readonly scopeOf?: ((step: string, attempt: number) => AttemptScope | undefined) | undefined;
  report(report: Report): void;
  /** Calls `passDeadline` when the time has come, unless the attempt is over by then. */
  keepDeadline(attempt: Deadline): void;
  timeOut(step: string, attempt: number): void;
  /** `isLate` where the attempt is over, and nothing of it has a place in the journal any more. */
  diagnose(code: string, severity: "info" | "warning" | "error", message: string, step: string, isLate: boolean): void;
}
