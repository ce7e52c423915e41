import * as fc from "fast-check";
import type { ArtifactRef } from "../../src/domain/artifact.ts";
import type { StopCause } from "../../src/domain/events.ts";
import type { Failure } from "../../src/domain/failure.ts";
import type { StoredOutput } from "../../src/domain/output.ts";
import type { MessagePhase, MessageSignal } from "../../src/machines/message-machine.ts";
import type { RunPhase, RunSignal } from "../../src/machines/run-machine.ts";
import type { StepPhase, StepSignal } from "../../src/machines/step-machine.ts";
import type { AgentDefinition } from "../../src/domain/agent.ts";
import type { Usage } from "../../src/domain/usage.ts";

/** The graph of every random signal: one step, named like the step of every random signal. */
export const graph = { name: "graph", objective: "To be tested.", steps: [{ id: "a", task: "a" }] } as const;

type Arbitraries<Signal extends { readonly type: string }> = {
  readonly [Type in Signal["type"]]: fc.Arbitrary<Signal & { readonly type: Type }>;
};

const epochMs = fc.nat({ max: 2 ** 50 });
const step = fc.constant("a");
const attempt = fc.integer({ min: 1, max: 100 });
// Through JSON once, because 0 and -0 are the same there.
const output = fc.jsonValue().map((value): StoredOutput => ({ value: JSON.parse(JSON.stringify(value)) }));
const partial = fc.option(output, { nil: undefined });
const usage: fc.Arbitrary<Usage | undefined> = fc.constantFrom(
  undefined,
  { inputTokens: 7, outputTokens: 0 },
  { inputTokens: 7, outputTokens: 3, cacheReadTokens: 1, costUsd: 0.25, turns: 2, model: "small" },
);
const definition: AgentDefinition = {
  ref: "package:reviewer",
  name: "reviewer",
  description: "Reads.",
  source: "package",
  filePath: "/agents/reviewer.md",
  sha256: "0",
  system: "Read.",
};
const definitions = fc.constantFrom(undefined, [definition]);
const failure: fc.Arbitrary<Failure> = fc.record({
  kind: fc.constantFrom(...(["exit", "thrown", "timedOut", "aborted"] as const)),
  message: fc.string(),
});
const artifact: fc.Arbitrary<ArtifactRef> = fc.record({ name: fc.string(), bytes: fc.nat(), sha256: fc.string() });

/**
 * Random signals to a step in a phase, as the kernel sends them: the fold reads from the cause of a request to stop which of
 * the two phases of stopping the step is in, so a step that is timing out is told `timedOut`, and no other is.
 */
export function stepSignals(phase: StepPhase): Arbitraries<StepSignal> {
  const canceled = fc.constantFrom<StopCause>("canceled", "expired");
  const timedOut = fc.constant<StopCause>("timedOut");
  const stop = { step, attempt, force: fc.boolean() };
  const forced = phase === "timingOut" ? timedOut : canceled;
  return {
    start: fc.record({ type: fc.constant("start" as const), step, attempt, deadlineAt: epochMs }),
    block: fc.record({
      type: fc.constant("block" as const),
      step,
      by: fc.array(fc.record({ step: fc.string(), status: fc.constantFrom(...(["failed", "blocked"] as const)) })),
    }),
    cancel: fc.record({ type: fc.constant("cancel" as const), step, attempt, reason: fc.string() }),
    progress: fc.record({
      type: fc.constant("progress" as const),
      step,
      attempt,
      report: fc.record({ kind: fc.constant("note" as const), message: fc.string() }),
    }),
    "stop.cancel": fc.record({ type: fc.constant("stop.cancel" as const), ...stop, cause: canceled }),
    "stop.timeOut": fc.record({ type: fc.constant("stop.timeOut" as const), ...stop, cause: timedOut }),
    "stop.force": fc.record({ type: fc.constant("stop.force" as const), ...stop, cause: forced }),
    succeed: fc.record({ type: fc.constant("succeed" as const), step, attempt, output, usage }),
    "fail.retry": fc.record({
      type: fc.constant("fail.retry" as const),
      step,
      attempt,
      failure,
      partial,
      usage,
      retryAt: epochMs,
    }),
    "fail.final": fc.record({
      type: fc.constant("fail.final" as const),
      step,
      attempt,
      failure,
      partial,
      usage,
      reason: fc.string(),
    }),
    due: fc.record({ type: fc.constant("due" as const), step, attempt }),
    interrupt: fc.record({ type: fc.constant("interrupt" as const), step, attempt }),
    resume: fc.record({ type: fc.constant("resume" as const), step, attempt, deadlineAt: epochMs }),
  };
}

/** Random signals to a run. Its phase makes no difference to what they hold. */
export function runSignals(_phase: RunPhase): Arbitraries<RunSignal> {
  const reason = fc.string();
  const force = fc.boolean();
  const cleanupAt = fc.option(epochMs, { nil: undefined });
  const owner = fc.record({ host: fc.string(), pid: fc.nat(), processStart: fc.string() });
  const epoch = fc.integer({ min: 1, max: 100 });
  const begun = {
    run: fc.string(),
    life: fc.string(),
    root: fc.string(),
    places: fc.constant([]),
    owner,
    epoch,
    deadlineAt: epochMs,
    definitions,
  };
  return {
    start: fc.record({ type: fc.constant("start" as const), ...begun, graph: fc.constant(graph) }),
    recover: fc.record({ type: fc.constant("recover" as const), owner, epoch, places: fc.constant([]) }),
    fork: fc.record({
      type: fc.constant("fork" as const),
      ...begun,
      from: fc.record({ run: fc.string(), life: fc.string(), position: fc.nat() }),
      graph: fc.constantFrom(undefined, graph),
    }),
    cancel: fc.record({ type: fc.constant("cancel" as const), reason, force }),
    "cancel.force": fc.record({ type: fc.constant("cancel.force" as const), reason, force }),
    expire: fc.record({ type: fc.constant("expire" as const), deadlineAt: epochMs }),
    "settle.succeeded": fc.record({ type: fc.constant("settle.succeeded" as const), cleanupAt }),
    "settle.mixed": fc.record({ type: fc.constant("settle.mixed" as const), cleanupAt }),
    "settle.failed": fc.record({ type: fc.constant("settle.failed" as const), cleanupAt }),
    clean: fc.record({ type: fc.constant("clean" as const), reason }),
    notify: fc.record({
      type: fc.constant("notify" as const),
      notice: fc.nat(),
      isTerminal: fc.boolean(),
      reasons: fc.array(fc.string()),
      omittedReasons: fc.nat(),
      isLast: fc.boolean(),
      status: fc.constantFrom(undefined, "succeeded" as const, "canceled" as const),
    }),
    diagnose: fc.record({
      type: fc.constant("diagnose" as const),
      code: fc.string(),
      severity: fc.constantFrom(...(["info", "warning", "error"] as const)),
      message: fc.string(),
      step: fc.option(step, { nil: undefined }),
    }),
    store: fc.record({ type: fc.constant("store" as const), step, attempt, artifact }),
  };
}

/** Random signals to the first message of a run. Its phase makes no difference to what they hold. */
export function messageSignals(_phase: MessagePhase): Arbitraries<MessageSignal> {
  const addressed = { message: fc.constant(1), step, attempt };
  const channel = fc.constantFrom(...(["steer", "follow_up"] as const));
  const key = fc.option(fc.string(), { nil: undefined });
  const reason = fc.string();
  return {
    send: fc.record({ type: fc.constant("send" as const), ...addressed, channel, text: fc.string(), key }),
    resend: fc.record({ type: fc.constant("resend" as const), ...addressed, channel, text: fc.string(), key }),
    accept: fc.record({ type: fc.constant("accept" as const), ...addressed }),
    consume: fc.record({ type: fc.constant("consume" as const), ...addressed }),
    deny: fc.record({ type: fc.constant("deny" as const), ...addressed, channel, reason, key }),
    lose: fc.record({ type: fc.constant("lose" as const), ...addressed, reason }),
  };
}
