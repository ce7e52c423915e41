import type { JSX } from "preact";
import type { RunStatus, StepStatus } from "../../../domain/status.ts";
import { runShapes, stepShapes } from "../graph/status-shapes.ts";
import { statusText } from "../text/format.ts";

/** The sign of a status; a text beside it says the same. */
export function StatusSign({ status }: { readonly status: StepStatus | RunStatus }): JSX.Element {
  const { path, isFilled, color } =
    status in stepShapes ? stepShapes[status as StepStatus] : runShapes[status as RunStatus];
  return (
    <svg class={`sign status-${color}`} viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
      <path class={isFilled ? "filled" : "drawn"} d={path} />
    </svg>
  );
}

/** The sign and the word. */
export function StatusMark({ status }: { readonly status: StepStatus | RunStatus }): JSX.Element {
  return (
    <span class="status-mark">
      <StatusSign status={status} />
      {statusText(status)}
    </span>
  );
}
