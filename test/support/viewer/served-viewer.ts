import { afterEach } from "vitest";
import {
  defineGraph,
  memoryArtifacts,
  openRuntime,
  shell,
  step,
  type Graph,
  type Runtime,
  type RuntimeOptions,
} from "runfold";
import { scriptedExecutor, type ScriptedExecutor } from "runfold/testing";
import { createViewer, type Viewer, type ViewerOptions } from "runfold/viewer";
import { EventReader } from "./event-source.ts";
import { stubPage } from "./stub-page.ts";

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** A viewer in this process, on runs whose steps end when the test says so. */
export interface Served {
  readonly runtime: Runtime;
  readonly work: ScriptedExecutor;
  readonly viewer: Viewer;
  readonly url: string;
  readonly problems: readonly unknown[];
  read(path: string, headers?: Readonly<Record<string, string>>): EventReader;
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
}

export interface ServedOptions {
  readonly runtime?: RuntimeOptions;
  readonly viewer?: ViewerOptions;
}

export async function served(options: ServedOptions = {}): Promise<Served> {
  const artifacts = options.runtime?.artifacts ?? memoryArtifacts();
  const work = scriptedExecutor({
    kinds: ["shell"],
    started: ({ attempt }) => attempt.onMessage((message) => message.accepted()),
  });
  const executors = [Object.assign(work, { takesMessages: () => true })];
  const runtime = await openRuntime({ artifacts, executors, ...options.runtime });
  closers.push(() => runtime.close());
  const problems: unknown[] = [];
  const onProblem = (problem: unknown): void => void problems.push(problem);
  const viewer = createViewer(runtime, { artifacts, pageDirectory: stubPage(), onProblem, ...options.viewer });
  closers.push(() => viewer.close());
  const url = await viewer.listen();
  return {
    runtime,
    work,
    viewer,
    url,
    problems,
    read(path, headers) {
      const reader = new EventReader(url + path, headers);
      closers.push(() => reader.close());
      return reader;
    },
    post(path, body, headers = {}) {
      const head = { "content-type": "application/json", ...headers };
      return fetch(url + path, { method: "POST", headers: head, body: JSON.stringify(body) });
    },
  };
}

/** So many steps of nothing, one after the other. */
export function chainOf(name: string, length: number): Graph {
  const steps = [step("s0", { run: shell(":") })];
  for (let index = 1; index < length; index++) {
    steps.push(step(`s${index}`, { needs: { before: steps[index - 1]! }, run: shell(":") }));
  }
  return defineGraph(name, { objective: "Be looked at.", steps });
}
