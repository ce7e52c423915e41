import type { StatelyInspectionEvent } from "@statelyai/inspect";
import { createInspector } from "@statelyai/inspect";
import { createActor, createMachine, sendTo, setup, spawnChild } from "xstate";
import { stepMachine } from "../../src/machines/step-machine.ts";
import { eventually } from "./eventually.ts";

/** The names of a message's fields, those of its snapshot included, as they are once it has been JSON. */
export function shapeOf(message: unknown): string {
  const read = JSON.parse(JSON.stringify(message)) as Record<string, unknown>;
  const snapshot = read["snapshot"];
  const keys = Object.keys(read).toSorted().join();
  const isActor = typeof snapshot === "object" && snapshot !== null;
  return `${String(read["type"])} ${keys}${isActor ? ` / ${Object.keys(snapshot).toSorted().join()}` : ""}`;
}

/**
 * What a live XState parent with a child, and a machine that breaks, tell the published package: the shapes of all its messages.
 */
export async function liveShapes(): Promise<ReadonlySet<string>> {
  const sent: StatelyInspectionEvent[] = [];
  const inspector = createInspector({ send: (message) => void sent.push(message) });
  const { inspect } = inspector;
  const parent = setup({ actors: { step: stepMachine } }).createMachine({
    id: "parent",
    entry: spawnChild("step", { id: "child" }),
    on: {
      go: { actions: sendTo("child", { type: "start", step: "s", attempt: 1, deadlineAt: 1 }) },
    },
  });
  createActor(parent, { inspect }).start().send({ type: "go" });
  const ending = createMachine({
    id: "ending",
    initial: "a",
    output: { all: "well" },
    states: { a: { on: { go: "b" } }, b: { type: "final" } },
  });
  createActor(ending, { inspect }).start().send({ type: "go" });
  const breaking = createMachine({ id: "breaking", on: { go: { actions: fail } } });
  const broken = createActor(breaking);
  broken.subscribe({ error: () => undefined });
  broken.start().send({ type: "go" });
  // Of a machine that broke XState sends no snapshot by itself.
  inspector.snapshot(broken, broken.getSnapshot());
  // The others are converted in a later turn of the event loop.
  const isLast = (message: StatelyInspectionEvent): boolean =>
    message.type === "@xstate.snapshot" && message.snapshot.status === "done";
  await eventually(() => sent.some(isLast), "the package has told of the machine that ended");
  return new Set(sent.map(shapeOf));
}

function fail(): never {
  throw new Error("It broke.");
}
