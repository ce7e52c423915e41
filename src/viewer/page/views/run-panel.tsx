import type { ComponentChildren, JSX } from "preact";
import type { StepId } from "../../../domain/ids.ts";
import { viewerPageLimits } from "../../../domain/viewer-page-limits.ts";
import type { RunModel } from "../state/run-model.ts";
import { countText, durationText, timeText } from "../text/format.ts";
import { visibleLine } from "../text/visible-text.ts";
import { BoundedText } from "./bounded-text.tsx";
import { StatusMark, StatusSign } from "./status-mark.tsx";
import { UsageFacts } from "./usage-facts.tsx";

/** What holds of the run as a whole, shown while no step is chosen. */
export function RunPanel({ model }: { readonly model: RunModel }): JSX.Element {
  const run = model.frame.value;
  if (run === undefined) return <p class="empty">{emptyText(model)}</p>;
  return (
    <div class="panel">
      <h2>{visibleLine(run.graph.name)}</h2>
      <p class="badges">
        <StatusMark status={run.status} />
        {run.isCleaned ? <span class="badge">cleaned up</span> : null}
        {run.epoch > 1 ? <span class="badge">{`owner number ${run.epoch}`}</span> : null}
      </p>
      <BoundedText text={run.graph.objective} label="Objective" />
      <dl class="facts">
        <Fact name="Started">{timeText(run.startedAt)}</Fact>
        <Fact name={run.endedAt === undefined ? "For" : "Took"}>
          {durationText((run.endedAt ?? model.now.value) - run.startedAt)}
        </Fact>
        <Fact name="Steps">{countText(run.steps.length)}</Fact>
        <Fact name="Deadline">{timeText(run.deadlineAt)}</Fact>
        {run.graph.limits?.concurrency === undefined ? null : (
          <Fact name="Slots">{countText(run.graph.limits.concurrency)}</Fact>
        )}
        {run.cancelReason === undefined ? null : (
          <Fact name="Canceled">
            {run.cancelReason.length <= viewerPageLimits.viewerLineCharsMax ? (
              visibleLine(run.cancelReason)
            ) : (
              <BoundedText text={run.cancelReason} label="Reason" />
            )}
          </Fact>
        )}
        <Fact name="Owner">{visibleLine(`process ${run.owner.pid} on ${run.owner.host}`)}</Fact>
      </dl>
      {run.usage === undefined ? null : <UsageFacts usage={run.usage} />}
      <h3>Results</h3>
      <StepButtons model={model} steps={run.sinks} />
      <p class="note">Choose a step in the graph or in the timeline to see what it did.</p>
    </div>
  );
}

/** Why there is nothing to be seen. */
function emptyText({ connection, isCaughtUp }: RunModel): string {
  if (connection.value === "gone") return "There is nothing to show.";
  return isCaughtUp.value ? "There are no events yet." : "Loading…";
}

export function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

/** Steps to go to, each with its status. */
export function StepButtons({
  model,
  steps,
}: {
  readonly model: RunModel;
  readonly steps: readonly StepId[];
}): JSX.Element {
  const run = model.frame.value;
  const shown = steps.slice(0, viewerPageLimits.viewerListedMax);
  return (
    <ul class="step-list">
      {shown.map((id) => (
        <li key={id}>
          <button type="button" class="link" onClick={() => model.select(id)}>
            <StatusSign status={run?.steps.get(id)?.status ?? "pending"} />
            {visibleLine(id)}
          </button>
        </li>
      ))}
      {steps.length > shown.length ? <li class="cut">{`… ${countText(steps.length - shown.length)} more`}</li> : null}
    </ul>
  );
}
