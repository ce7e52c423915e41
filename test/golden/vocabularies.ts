import { readFileSync } from "node:fs";
import { commitSchema } from "../../src/domain/commit.ts";
import { sourceFile } from "../support/architecture/source-file.ts";
import { eventsOf, inputTypesOf } from "../support/architecture/vocabulary.ts";

export interface Vocabulary {
  readonly events: readonly string[];
  readonly inputs: readonly string[];
}

/** What the released versions could write, by schema: whoever raises the schema moves today's lists here. */
const released: Readonly<Record<number, Vocabulary>> = {
  1: {
    events: [
      "run.started",
      "run.cancelRequested",
      "run.expired",
      "run.settled",
      "run.cleaned",
      "step.started",
      "step.progressed",
      "step.abortRequested",
      "step.retryScheduled",
      "step.retryDue",
      "step.succeeded",
      "step.failed",
      "step.timedOut",
      "step.canceled",
      "step.blocked",
      "diagnostic.recorded",
      "artifact.stored",
    ],
    inputs: [
      "run.start",
      "run.cancel",
      "run.clean",
      "run.expire",
      "diagnostic.record",
      "step.progress",
      "step.succeed",
      "step.fail",
      "step.timeOut",
      "step.retry",
    ],
  },
  2: {
    events: [
      "run.started",
      "run.recovered",
      "run.forked",
      "run.cancelRequested",
      "run.expired",
      "run.settled",
      "run.cleaned",
      "step.started",
      "step.progressed",
      "step.abortRequested",
      "step.interrupted",
      "step.resumed",
      "step.retryScheduled",
      "step.retryDue",
      "step.succeeded",
      "step.failed",
      "step.timedOut",
      "step.canceled",
      "step.blocked",
      "diagnostic.recorded",
      "artifact.stored",
    ],
    inputs: [
      "run.start",
      "run.recover",
      "run.fork",
      "run.cancel",
      "run.clean",
      "run.expire",
      "diagnostic.record",
      "step.progress",
      "step.succeed",
      "step.fail",
      "step.timeOut",
      "step.retry",
    ],
  },
};

/** Every event type and input type of a schema; of the current one, what the source says. */
export function vocabularyOf(schema: number): Vocabulary {
  const known = released[schema];
  if (known !== undefined) return known;
  if (schema !== commitSchema) throw new Error(`nobody has written down what schema ${schema} could say`);
  return { events: [...eventsOf(source("events")).keys()], inputs: inputTypesOf(source("inputs")) };
}

function source(name: string): ReturnType<typeof sourceFile> {
  const path = `src/domain/${name}.ts`;
  return sourceFile(path, readFileSync(new URL(`../../${path}`, import.meta.url), "utf8"));
}
