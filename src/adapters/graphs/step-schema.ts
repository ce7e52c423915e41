import * as v from "valibot";
import { limits } from "../../domain/limits.ts";
import { agentSchema } from "./agent-schema.ts";
import {
  filledPattern,
  filledText,
  list,
  plainText,
  publicId,
  seconds,
  strictFields,
  variables,
  wholeNumber,
} from "./schema-parts.ts";

/** A program and its arguments. */
const command = v.pipe(
  list(plainText(limits.commandArgumentCharsMax), limits.commandArgumentsMax),
  v.minLength(1),
  v.rawCheck(({ dataset, addIssue }) => {
    const program = dataset.typed ? dataset.value[0] : undefined;
    if (!dataset.typed || program === undefined || program.trim() !== "") return;
    addIssue({
      input: program,
      path: [{ type: "array", origin: "value", input: dataset.value, key: 0, value: program }],
    });
  }),
  v.check((given) => given.reduce((chars, argument) => chars + argument.length, 0) <= limits.commandArgumentCharsMax),
  // What the two checks above say, as far as JSON Schema can say it. There, "items" leaves out what "prefixItems" covers.
  v.metadata({
    prefixItems: [
      {
        title: "Program",
        description: "What to start: a name that is looked up on the PATH, or a path.",
        type: "string",
        maxLength: limits.commandArgumentCharsMax,
        pattern: filledPattern.source,
      },
    ],
  }),
);

const retry = strictFields({
  attempts: wholeNumber(1, limits.attemptsMax),
  backoffSeconds: v.optional(seconds(0, limits.backoffSecondsMax)),
});

/**
 * The shape of one step. What several of its fields say together is checked apart (`step-work.ts`, `step-agent.ts`), since those
 * rules are to be reported even where a field is broken; here they are only said for the published JSON Schema.
 */
export const stepSchema = v.pipe(
  strictFields({
    id: publicId,
    command: v.optional(command),
    shell: v.optional(filledText(limits.commandArgumentCharsMax)),
    task: v.optional(filledText(limits.reasonCharsMax)),
    agent: v.optional(agentSchema(command)),
    parser: v.optional(publicId),
    needs: v.optional(list(publicId, limits.stepsMax)),
    after: v.optional(list(publicId, limits.stepsMax)),
    cwd: v.optional(filledText(limits.pathCharsMax)),
    env: v.optional(variables),
    timeoutSeconds: v.optional(seconds(limits.durationSecondsMin, limits.stepTimeoutSecondsMax)),
    retry: v.optional(retry),
    onInterrupted: v.optional(v.picklist(["retry", "fail"])),
  }),
  v.metadata({
    oneOf: ["command", "shell", "task", "agent"].map((kind) => ({ required: [kind] })),
    anyOf: [{ required: ["command"] }, { required: ["shell"] }, { not: { required: ["parser"] } }],
  }),
);

export type ShapedStep = v.InferOutput<typeof stepSchema>;
