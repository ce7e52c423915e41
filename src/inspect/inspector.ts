import type { InspectionMessage } from "../projections/inspection/message.ts";
import type { StepChoice } from "../projections/inspection/shown-steps.ts";

/**
 * What messages are given to: an inspector of `@statelyai/inspect` as it is, or anything with such an adapter. Its adapter alone is
 * used, because the package's own methods lose what makes a hierarchy; so its `filter` and `sanitize…` options are passed over, and
 * `change` takes their place.
 */
export interface Inspector {
  readonly adapter: { send(message: InspectionMessage): void };
}

export interface InspectOptions extends StepChoice {
  /** Is given each message before it is sent; gives what is sent instead, or undefined for nothing. */
  readonly change?: (message: InspectionMessage) => InspectionMessage | undefined;
}

/** How an inspection came to its end; never an exception, for what looks at a run must not end the process that runs it. */
export interface InspectionEnd {
  /** `ended`: the inspector has all there is. `stopped`: it was told to stop. `failed`: `error` says why. */
  readonly why: "ended" | "stopped" | "failed";
  /** Messages that were sent. */
  readonly messages: number;
  readonly error?: unknown;
}

/** An inspection under way. */
export interface Inspecting {
  stop(): void;
  /** Never rejects. */
  readonly ended: Promise<InspectionEnd>;
}
