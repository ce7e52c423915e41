import * as v from "valibot";
import { limits } from "../../domain/limits.ts";
import { kindsWithCommand, kindsWithIdentity } from "../../domain/agent-kinds.ts";
import { filledText, list, publicId, strictFields } from "./schema-parts.ts";

/** A source of definitions, a colon, and the name of a definition. */
const refPattern = /^(?:package|user|project):[a-z][a-z0-9-]{0,62}$/;

/** The names travel in the arguments or the environment of the agent's process. */
const names = list(filledText(limits.reasonCharsMax), limits.environmentEntriesMax);

const isNoneOf = (kinds: readonly string[]): object => ({ properties: { kind: { not: { enum: [...kinds] } } } });

/** The shape of a step's `agent`; the rules in the metadata are checked by `step-agent.ts`. */
export function agentSchema<const Command extends v.GenericSchema>(command: Command) {
  return v.pipe(
    strictFields({
      kind: publicId,
      task: filledText(limits.textCharsMax),
      system: v.optional(filledText(limits.textCharsMax)),
      ref: v.optional(v.pipe(v.string(), v.regex(refPattern))),
      tools: v.optional(names),
      extensionTools: v.optional(names),
      model: v.optional(filledText(limits.reasonCharsMax)),
      thinking: v.optional(filledText(limits.reasonCharsMax)),
      mutationScope: v.optional(
        v.pipe(filledText(limits.textCharsMax), v.metadata({ minLength: limits.mutationScopeCharsMin })),
      ),
      command: v.optional(command),
    }),
    v.metadata({
      allOf: [
        { not: { required: ["system", "ref"] } },
        { anyOf: [{ required: ["system"] }, { required: ["ref"] }, isNoneOf(kindsWithIdentity)] },
        { anyOf: [{ required: ["command"] }, isNoneOf(kindsWithCommand)] },
      ],
    }),
  );
}
