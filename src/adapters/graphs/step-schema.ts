import * as v from "valibot";
import { limits } from "../../domain/limits.ts";
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

const agent = strictFields({
  kind: publicId,
  task: filledText(limits.textCharsMax),
  system: v.optional(filledText(limits.textCharsMax)),
  tools: v.optional(
    // The names travel in the arguments or the environment of the agent's process.
    list(filledText(limits.reasonCharsMax), limits.environmentEntriesMax),
  ),
  model: v.optional(filledText(limits.reasonCharsMax)),
  thinking: v.optional(filledText(limits.reasonCharsMax)),
});

const retry = strictFields({
  attempts: wholeNumber(1, limits.attemptsMax),
  backoffSeconds: v.optional(seconds(0, limits.backoffSecondsMax)),
});

/**
 * The shape of one step. That exactly one kind of work is given is checked apart (`step-work.ts`), since that rule is to
 * be reported even where a field is broken; here it is only said for the published JSON Schema.
 */
export const stepSchema = v.pipe(
  strictFields({
    id: publicId,
    command: v.optional(command),
    shell: v.optional(filledText(limits.commandArgumentCharsMax)),
    task: v.optional(filledText(limits.reasonCharsMax)),
    agent: v.optional(agent),
    needs: v.optional(list(publicId, limits.stepsMax)),
    after: v.optional(list(publicId, limits.stepsMax)),
    cwd: v.optional(filledText(limits.pathCharsMax)),
    env: v.optional(variables),
    timeoutSeconds: v.optional(seconds(limits.durationSecondsMin, limits.stepTimeoutSecondsMax)),
    retry: v.optional(retry),
    onInterrupted: v.optional(v.picklist(["retry", "fail"])),
  }),
  v.metadata({ oneOf: ["command", "shell", "task", "agent"].map((kind) => ({ required: [kind] })) }),
);

export type ShapedStep = v.InferOutput<typeof stepSchema>;
