import { parseGraph } from "runfold";
import type { Executor, Message, MessageOptions, Run, StepDocument } from "runfold";
import { scriptedExecutor } from "runfold/testing";
import type { ScriptedExecutor } from "runfold/testing";
import { openWorld, turns } from "./world.ts";
import type { World } from "./world.ts";

export interface Talk extends World {
  readonly run: Run;
  readonly executor: ScriptedExecutor;
  /** Every message that an attempt was given, oldest first. */
  readonly heard: Message[];
}

export type Hears = (message: Message) => void;

function listening(heard: Message[], hears: Hears): ScriptedExecutor {
  const executor = scriptedExecutor({
    kinds: ["task"],
    started: ({ attempt }) => {
      attempt.onMessage((message) => {
        heard.push(message);
        hears(message);
      });
    },
  });
  return Object.assign(executor, { takesMessages: () => true } satisfies Partial<Executor>);
}

/** A run whose step `a` is running and listens; `b` waits for it. */
export async function talk(
  hears: Hears = (message) => message.accepted(),
  options: Partial<StepDocument> = {},
): Promise<Talk> {
  const heard: Message[] = [];
  const executor = listening(heard, hears);
  const world = await openWorld({ executors: [executor] });
  const steps = [
    { id: "a", task: "a", ...options },
    { id: "b", task: "b", needs: ["a"] },
  ];
  const parsed = parseGraph({ name: "talk", objective: "Listen.", steps });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics));
  const run = await world.runtime.start(parsed.graph, { id: "x" });
  await turns();
  return { ...world, run, executor, heard };
}

export const say = (text: string, key?: string): MessageOptions => ({
  channel: "steer",
  text,
  ...(key === undefined ? {} : { key }),
});
