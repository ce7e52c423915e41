import { defineGraph, step, task } from "runfold";
import type { Graph, GraphNotify, Notice, NoticeAnswer, NoticeSubscription, Run } from "runfold";
import { Held, turns } from "./world.ts";

/** A sink that remembers what it got, and answers as it is told. */
export class Ear {
  readonly got: Notice[] = [];
  readonly subscription: NoticeSubscription;

  constructor(
    answer: (notice: Notice, times: number) => NoticeAnswer | Promise<NoticeAnswer> = () => undefined,
    name = "ear",
  ) {
    this.subscription = {
      subscriber: name,
      sink: (notice) => {
        this.got.push(notice);
        return answer(notice, this.got.filter(({ key }) => key === notice.key).length);
      },
    };
  }

  get reasons(): (readonly string[])[] {
    return this.got.map(({ reasons }) => reasons);
  }
}

export interface Three {
  readonly graph: Graph;
  readonly tasks: Readonly<Record<"a" | "b" | "c", Held<string>>>;
}

/** Three results that end when they are told to. */
export function three(notify: GraphNotify = {}): Three {
  const tasks = { a: new Held<string>(), b: new Held<string>(), c: new Held<string>() };
  const steps = Object.entries(tasks).map(([id, held]) => step(id, { run: task(held.call) }));
  return { graph: defineGraph("three", { objective: "Give three results.", steps, notify }), tasks };
}

export async function end(tasks: Three["tasks"]): Promise<void> {
  for (const held of Object.values(tasks)) {
    held.succeed("done");
    await turns();
  }
}

export async function statesOf(
  runtime: { notices: { of(run: string): Promise<readonly { notice: number; state: string }[]> } },
  run: Run,
) {
  return (await runtime.notices.of(run.id)).map(({ notice, state }) => `${notice} ${state}`);
}

/** Chance takes nothing away. */
export const steady = { fraction: () => 0, uniqueName: () => `name-${++names}` };
let names = 0;
