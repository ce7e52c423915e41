import { onTestFinished } from "vitest";
import { memoryJournal, openRuntime, parseGraph } from "runfold";
import type { Graph, Journal, Run, Runtime, RuntimeDiagnostic, RuntimeOptions, StepDocument } from "runfold";
import { openTelemetry } from "runfold/otel";
import type { DerivedIds } from "runfold/otel";
import { scriptedExecutor, virtualClock } from "runfold/testing";
import type { ScriptedExecutor, ScriptedExecutorOptions, VirtualClock } from "runfold/testing";
import { journalWith } from "../../../../../src/ports/journal-with.ts";
import { Telemetry } from "../../../../support/telemetry.ts";

export interface TracedWorld {
  readonly runtime: Runtime;
  readonly telemetry: Telemetry;
  readonly clock: VirtualClock;
  readonly executor: ScriptedExecutor;
  readonly diagnostics: readonly RuntimeDiagnostic[];
  /** Lets what is under way happen. */
  settle(): Promise<void>;
}

export interface TracedOptions extends Omit<RuntimeOptions, "observers" | "clock"> {
  readonly telemetry?: Telemetry;
  readonly clock?: VirtualClock;
  readonly ids?: DerivedIds;
  readonly scripted?: ScriptedExecutorOptions;
}

/** A runtime that is traced into memory, with attempts and a clock that the test holds. */
export async function openTraced(options: TracedOptions = {}): Promise<TracedWorld> {
  const { ids, scripted, clock = virtualClock({ startMs: 1_700_000_000_000 }), ...rest } = options;
  const telemetry = options.telemetry ?? new Telemetry(ids);
  const executor = scriptedExecutor(scripted);
  const diagnostics: RuntimeDiagnostic[] = [];
  const { tracerProvider, meterProvider } = telemetry;
  const runtime = await openRuntime({
    executors: [executor],
    clock,
    onDiagnostic: (diagnostic) => void diagnostics.push(diagnostic),
    observers: [openTelemetry({ tracerProvider, meterProvider, ...(ids === undefined ? {} : { ids }) })],
    ...rest,
  });
  onTestFinished(async () => {
    const closed = runtime.close({ unfinished: "leave" });
    await clock.advanceBy(60_000);
    await closed;
  });
  return { runtime, telemetry, clock, executor, diagnostics, settle: () => clock.advanceBy(0) };
}

/** A journal that outlives the runtimes that close it. */
export function lastingJournal(): Journal {
  return journalWith(memoryJournal(), { close: async () => undefined });
}

type Rest = Omit<StepDocument, "id">;

/** A graph of tasks: each step with what it says beside its id. */
export function graphOf(steps: Readonly<Record<string, Rest>>, limits: object = {}): Graph {
  const rows = Object.entries(steps).map(([id, rest]) => ({ id, command: ["true"], ...rest }));
  const parsed = parseGraph({ name: "g", objective: "Be traced.", steps: rows, limits });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics));
  return parsed.graph;
}

/** All events of a run so far. */
export async function recordedOf(run: Run) {
  const recorded = [];
  const last = run.snapshot().position;
  for await (const event of run.events()) {
    recorded.push(event);
    if (event.position === last) break;
  }
  return recorded;
}
