import { limits } from "../../domain/limits.ts";
import type { GraphField } from "./graph-field.ts";
import { notifyFields } from "./notify-fields.ts";
import { stepFields } from "./step-fields.ts";
import { trustFields } from "./trust-fields.ts";

const ownFields = {
  "": {
    title: "Runfold graph",
    description: "A DAG of steps that Runfold runs.",
    rule: "an object",
    repair: 'Write an object with "name", "objective" and "steps".',
  },
  $schema: {
    title: "Schema",
    description: "Where an editor finds the schema of this file. Runfold accepts it and leaves it out of the graph.",
    rule: `a text of at most ${limits.pathCharsMax} characters`,
    repair: 'Write where the schema lies, or remove "$schema".',
  },
  name: {
    title: "Name",
    description:
      "Names the graph: a lower-case letter, then lower-case letters, digits and hyphens, 1 to 63 characters.",
    rule: "a lower-case letter, then lower-case letters, digits and hyphens, 1 to 63 characters in all",
    repair: 'Give the graph a name such as "nightly-audit".',
    patternCode: "public-id-invalid",
  },
  objective: {
    title: "Objective",
    description: `What the run is for, in words; shown to people and agents. At most ${limits.textCharsMax} characters.`,
    rule: `a text of 1 to ${limits.textCharsMax} characters`,
    repair: "Say in a sentence what the run is for.",
    blankCode: "graph-objective-required",
    missingIsBlank: true,
  },
  steps: {
    title: "Steps",
    description: `The steps, 1 to ${limits.stepsMax}. Steps that could start at the same time start in this order.`,
    rule: "a list of steps",
    repair: 'Write a list of steps: [{ "id": "…", "command": ["…"] }].',
  },
  limits: {
    title: "Limits",
    description: "Bounds of the whole run.",
    rule: "an object",
    repair: 'Write an object such as { "concurrency": 4 }, or leave "limits" out for the defaults.',
  },
  "limits.concurrency": {
    title: "Concurrency",
    description: `How many steps may run at once: 1 to ${limits.concurrencyMax}. Default ${limits.concurrencyDefault}.`,
    rule: `a whole number from 1 to ${limits.concurrencyMax}`,
    repair: `Write a whole number, or leave it out for ${limits.concurrencyDefault} steps at once.`,
  },
  "limits.stepTimeoutSeconds": {
    title: "Step timeout",
    description: `Seconds for one attempt of a step without its own timeout: ${limits.durationSecondsMin} to ${limits.stepTimeoutSecondsMax}. Default ${limits.stepTimeoutSecondsDefault}.`,
    rule: `a number of seconds from ${limits.durationSecondsMin} to ${limits.stepTimeoutSecondsMax}`,
    repair: `Write seconds, or leave it out for ${limits.stepTimeoutSecondsDefault}.`,
  },
  "limits.maxRunSeconds": {
    title: "Run time",
    description: `Seconds until a run that has not ended expires: ${limits.durationSecondsMin} to ${limits.runSecondsMax}. Default ${limits.runSecondsDefault}.`,
    rule: `a number of seconds from ${limits.durationSecondsMin} to ${limits.runSecondsMax}`,
    repair: `Write seconds, or leave it out for ${limits.runSecondsDefault}.`,
  },
  "limits.retentionSeconds": {
    title: "Retention",
    description: `Seconds from the end of a run until it is cleaned up by itself: ${limits.durationSecondsMin} to ${limits.retentionSecondsMax}. Without it the run stays until someone cleans it up.`,
    rule: `a number of seconds from ${limits.durationSecondsMin} to ${limits.retentionSecondsMax}`,
    repair: "Write seconds, or leave it out to keep the run until someone cleans it up.",
  },
} as const satisfies Record<string, GraphField>;

/** Every field by its path; `*` stands for an index, or for the name of a variable. */
export const graphFields = { ...ownFields, ...notifyFields, ...trustFields, ...stepFields } as const;

export type GraphFieldPath = keyof typeof graphFields;

/** The field at a path, or the whole graph for a path that nobody knows. */
export function graphFieldAt(path: string): GraphField {
  return Object.hasOwn(graphFields, path) ? graphFields[path as GraphFieldPath] : graphFields[""];
}
