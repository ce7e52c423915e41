import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { workKindOf } from "../../../domain/graph-document.ts";
import type { StepId } from "../../../domain/ids.ts";
import type { StepSnapshot } from "../../../projections/step-snapshot.ts";
import type { AppModel } from "../state/app-model.ts";
import type { RunModel } from "../state/run-model.ts";
import type { RunSession } from "../state/run-session.ts";
import { durationText, statusText, timeText } from "../text/format.ts";
import { visibleLine } from "../text/visible-text.ts";
import { BoundedText } from "./bounded-text.tsx";
import { MessageDialog } from "./message-dialog.tsx";
import { Fact, StepButtons } from "./run-panel.tsx";
import { StatusMark } from "./status-mark.tsx";
import { StepArtifacts } from "./step-artifacts.tsx";
import { StepMessages } from "./step-messages.tsx";
import { StepAttempts, StepOutput, StepTails } from "./step-work.tsx";
import { UsageFacts } from "./usage-facts.tsx";

interface Props {
  readonly app: AppModel;
  readonly session: RunSession;
  readonly step: StepId;
}

/** Everything that the run knows of one step at the position. */
export function StepPanel({ app, session, step: id }: Props): JSX.Element {
  const { model, recorded } = session;
  const step = model.frame.value?.steps.get(id);
  const story = model.story.value;
  const isWriting = useSignal(false);
  if (step === undefined || story === undefined)
    return <p class="empty">{`There is no step ${visibleLine(id)} here.`}</p>;
  const isAgent = workKindOf(step.definition) === "agent";
  const canOrder = recorded === undefined && app.runs.value?.isReadOnly !== true && model.isLive.value;
  return (
    <div class="panel">
      <div class="panel-head">
        <h2>{visibleLine(id)}</h2>
        <button type="button" class="icon" aria-label="Close the step" onClick={() => model.select(undefined)}>
          ✕
        </button>
      </div>
      <p class="badges">
        <StatusMark status={step.status} />
        {step.isStopping ? <span class="badge">stopping</span> : null}
        {step.attempt > 1 ? <span class="badge">{`attempt ${step.attempt}`}</span> : null}
        <span class="grow" />
        {isAgent && canOrder ? (
          <button type="button" onClick={() => (isWriting.value = true)}>
            Message…
          </button>
        ) : null}
      </p>
      {isWriting.value ? <MessageDialog run={model.id} step={id} onClose={() => (isWriting.value = false)} /> : null}
      <Failure step={step} />
      <StepTimes model={model} step={step} />
      <Work step={step} />
      <StepTails story={story} isRunning={step.status === "running"} />
      <StepOutput story={story} />
      <StepArtifacts story={story} session={session} />
      <StepMessages story={story} />
      <StepAttempts spans={model.attempts.value} now={model.now.value} />
      {step.usage === undefined ? null : <UsageFacts usage={step.usage} />}
      <Neighbours model={model} step={step} />
    </div>
  );
}

function Failure({ step }: { readonly step: StepSnapshot }): JSX.Element | null {
  const { failure, reason, blockedBy } = step;
  if (failure === undefined && reason === undefined && blockedBy === undefined) return null;
  const facts = [
    failure?.kind,
    failure?.code,
    failure?.signal,
    failure?.exitCode === undefined ? undefined : `exit code ${failure.exitCode}`,
  ];
  return (
    <div class="failure">
      {reason === undefined ? null : <p>{`Canceled: ${visibleLine(reason)}`}</p>}
      {blockedBy === undefined ? null : (
        <p>{`Blocked by ${blockedBy.map((blocker) => `${visibleLine(blocker.step)} (${statusText(blocker.status)})`).join(", ")}`}</p>
      )}
      {failure === undefined ? null : (
        <>
          <p class="failure-kind">{visibleLine(facts.filter((fact) => fact !== undefined).join(" · "))}</p>
          <BoundedText text={failure.message} label="Failure" />
        </>
      )}
    </div>
  );
}

function StepTimes({ model, step }: { readonly model: RunModel; readonly step: StepSnapshot }): JSX.Element | null {
  const now = model.now.value;
  const { startedAt, endedAt, retryAt, deadlineAt } = step;
  if (startedAt === undefined) return null;
  const underWay = step.status === "running" ? now - startedAt : 0;
  return (
    <dl class="facts">
      <Fact name="Started">{timeText(startedAt)}</Fact>
      {endedAt === undefined ? null : <Fact name="Ended">{timeText(endedAt)}</Fact>}
      <Fact name="Worked">{durationText(step.workedMs + underWay)}</Fact>
      {retryAt === undefined ? null : <Fact name="Retries at">{timeText(retryAt)}</Fact>}
      {deadlineAt === undefined ? null : <Fact name="Deadline">{timeText(deadlineAt)}</Fact>}
    </dl>
  );
}

/** What the step runs. */
function Work({ step: { definition } }: { readonly step: StepSnapshot }): JSX.Element {
  const kind = workKindOf(definition);
  const { command, shell, agent, task } = definition;
  const text =
    command?.join(" ") ?? shell ?? (agent === undefined ? (task ?? "a function of the program") : agent.task);
  return (
    <section>
      <h3>{kind}</h3>
      <BoundedText text={text} label="What it runs" />
    </section>
  );
}

function Neighbours({ model, step }: { readonly model: RunModel; readonly step: StepSnapshot }): JSX.Element | null {
  const { needs = [], after = [] } = step.definition;
  if (needs.length === 0 && after.length === 0) return null;
  return (
    <section>
      {needs.length === 0 ? null : <h3>Needs</h3>}
      {needs.length === 0 ? null : <StepButtons model={model} steps={needs} />}
      {after.length === 0 ? null : <h3>After</h3>}
      {after.length === 0 ? null : <StepButtons model={model} steps={after} />}
    </section>
  );
}
