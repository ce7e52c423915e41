import type { JsonSchema } from "./fields.ts";

/** What several tools give. Fields may be added, so none of these forbids others. */
const text: JsonSchema = { type: "string" };
const whole: JsonSchema = { type: "integer" };

export const cursorSchema: JsonSchema = {
  type: "string",
  description: "A place in the run's journal: hand it back unchanged to hear only of what comes after.",
};

export const runSchema: JsonSchema = {
  type: "object",
  properties: {
    id: text,
    name: text,
    objective: text,
    status: { type: "string", enum: ["running", "canceling", "succeeded", "mixed", "failed", "canceled", "expired"] },
    isEnded: { type: "boolean" },
    startedAt: whole,
    updatedAt: whole,
    endedAt: whole,
    activity: text,
    position: whole,
    counts: { type: "object", additionalProperties: whole },
    sinks: { type: "array", items: text, description: "The steps whose outputs are the run's results." },
    owner: { type: "object" },
  },
  required: ["id", "status", "isEnded", "counts", "sinks"],
};

export const stepSchema: JsonSchema = {
  type: "object",
  properties: {
    id: text,
    status: { type: "string", enum: ["pending", "running", "succeeded", "failed", "blocked", "timed_out", "canceled"] },
    attempt: whole,
    activity: text,
    failure: { type: "object" },
  },
  required: ["id", "status", "attempt"],
};

export const statusOutput = {
  properties: {
    run: runSchema,
    steps: { type: "array", items: stepSchema, description: "At most 100, those that failed or run first." },
    omittedSteps: whole,
    cursor: cursorSchema,
    wait: {
      type: "object",
      description: "What happened after the cursor that was given.",
      properties: {
        woke: { type: "string", enum: ["end", "event", "timeout"] },
        events: { type: "array", items: { type: "object" } },
        omittedEvents: whole,
        cursor: cursorSchema,
      },
      required: ["woke", "events", "cursor"],
    },
    note: text,
  },
  required: ["run", "steps", "cursor"],
} as const;
