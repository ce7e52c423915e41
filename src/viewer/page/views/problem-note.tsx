import type { JSX } from "preact";
import type { RunModel } from "../state/run-model.ts";
import { visibleLine } from "../text/visible-text.ts";

/** What keeps the page from showing the run as it is; nothing where all is well. */
export function ProblemNote({ model }: { readonly model: RunModel }): JSX.Element | null {
  const problem = model.problem.value;
  if (problem !== undefined) {
    return (
      <p class="problem" role="alert">
        {visibleLine(problem.message)} {visibleLine(problem.hint)}
      </p>
    );
  }
  if (model.connection.value === "reconnecting") {
    return (
      <p class="problem calm" role="status">
        The connection to the viewer is lost; trying again. If it was started anew, open the address that it printed.
      </p>
    );
  }
  if (model.isLeft.value) {
    return (
      <p class="problem calm" role="status">
        The process that ran this is gone. On its machine, <code>runfold resume {model.id}</code> goes on with it.
      </p>
    );
  }
  if (model.restarts.value === 0) return null;
  return (
    <p class="problem calm" role="status">
      The run that was shown here is gone; this is a later one with the same id.
    </p>
  );
}
