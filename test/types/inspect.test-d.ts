import type {
  createBrowserInspector,
  createSkyInspector,
  createWebSocketInspector,
  StatelyActorEvent,
  StatelyEventEvent,
  StatelyInspectionEvent,
  StatelySnapshotEvent,
} from "@statelyai/inspect";
import { expectTypeOf, test } from "vitest";
import { inspectRun } from "runfold/inspect";
import type { InspectedActor, InspectedEvent, InspectedSnapshot, InspectionMessage, Inspector } from "runfold/inspect";
import type { Run } from "runfold";

test("every message is one of the published package", () => {
  expectTypeOf<InspectedActor>().toExtend<StatelyActorEvent>();
  expectTypeOf<InspectedEvent>().toExtend<StatelyEventEvent>();
  expectTypeOf<InspectedSnapshot>().toExtend<StatelySnapshotEvent>();
  expectTypeOf<InspectionMessage>().toExtend<StatelyInspectionEvent>();
});

test("every field of the published package's messages is there", () => {
  expectTypeOf<keyof StatelyActorEvent>().toExtend<keyof InspectedActor>();
  expectTypeOf<keyof StatelyEventEvent>().toExtend<keyof InspectedEvent>();
  expectTypeOf<keyof StatelySnapshotEvent>().toExtend<keyof InspectedSnapshot>();
});

test("the package's inspectors are taken as they are, and what has no adapter is not", () => {
  expectTypeOf<ReturnType<typeof createWebSocketInspector>>().toExtend<Inspector>();
  expectTypeOf<ReturnType<typeof createBrowserInspector>>().toExtend<Inspector>();
  expectTypeOf<ReturnType<typeof createSkyInspector>>().toExtend<Inspector>();
  const run = {} as Run;
  // @ts-expect-error -- an observer is no inspector
  const observer: Parameters<typeof inspectRun>[1] = { next: (): void => undefined };
  expectTypeOf(run).toExtend<Run>();
  expectTypeOf(observer).not.toBeAny();
});
