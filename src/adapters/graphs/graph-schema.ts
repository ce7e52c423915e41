import * as v from "valibot";
import type { LibrarySource } from "../../domain/agent.ts";
import { limits } from "../../domain/limits.ts";
import { filledText, list, publicId, seconds, strictFields, wholeNumber } from "./schema-parts.ts";
import { stepSchema } from "./step-schema.ts";

const librarySources = ["package", "user", "project"] as const satisfies readonly LibrarySource[];

const headEntries = {
  $schema: v.optional(v.pipe(v.string(), v.maxLength(limits.pathCharsMax))),
  name: publicId,
  objective: filledText(limits.textCharsMax),
};

const tailEntries = {
  limits: v.optional(
    strictFields({
      concurrency: v.optional(wholeNumber(1, limits.concurrencyMax)),
      stepTimeoutSeconds: v.optional(seconds(limits.durationSecondsMin, limits.stepTimeoutSecondsMax)),
      maxRunSeconds: v.optional(seconds(limits.durationSecondsMin, limits.runSecondsMax)),
      retentionSeconds: v.optional(seconds(limits.durationSecondsMin, limits.retentionSecondsMax)),
    }),
  ),
  notify: v.optional(
    strictFields({
      mode: v.optional(v.picklist(["none", "final", "milestones"])),
      maxNotices: v.optional(wholeNumber(0, limits.notifyNoticesMax)),
      minIntervalSeconds: v.optional(seconds(0, limits.notifyIntervalSecondsMax)),
    }),
  ),
  authority: v.optional(
    strictFields({
      allowFilesystemRead: v.optional(v.boolean()),
      allowShellTools: v.optional(v.boolean()),
      allowMutationTools: v.optional(v.boolean()),
      allowExtensionCode: v.optional(v.boolean()),
      allowProjectCode: v.optional(v.boolean()),
    }),
  ),
  library: v.optional(
    strictFields({
      sources: v.optional(v.pipe(list(v.picklist(librarySources), librarySources.length), v.minLength(1))),
    }),
  ),
};

const anyList = v.custom<unknown[]>((value) => Array.isArray(value));

/**
 * A graph without a look into its steps. `parseGraph` checks those one by one, so that it can stop to build findings when it
 * has enough of them.
 */
export const graphFrameSchema = strictFields({ ...headEntries, steps: anyList, ...tailEntries });

/** A whole graph. The published JSON Schema is made of this, and of the words in `graphFields`. */
export const graphSchema = strictFields({
  ...headEntries,
  steps: v.pipe(list(stepSchema, limits.stepsMax), v.minLength(1)),
  ...tailEntries,
});

export type GraphFrame = v.InferOutput<typeof graphFrameSchema>;
