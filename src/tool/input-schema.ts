import { builtInTools } from "../adapters/executors/agents/built-in-tools.ts";
import { runIdPattern, stepIdPattern } from "../domain/ids.ts";
import { limits } from "../domain/limits.ts";

/** The part of JSON Schema (draft 2020-12) that the tool's input is written in, and {@link checkSchema} knows. */
export interface InputSchema {
  readonly type: "object" | "array" | "string" | "integer" | "number" | "boolean";
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: InputSchema;
  readonly properties?: { readonly [name: string]: InputSchema };
  readonly required?: readonly string[];
  readonly additionalProperties?: false;
}

export const actions = ["catalog", "start", "run_status", "step_result", "message", "cancel", "cleanup"] as const;
export type Action = (typeof actions)[number];

/** A text that numbers a run: `r1` to `r9999999`. */
export const runNumberPattern = /^r[1-9][0-9]{0,6}$/;
/** Runs that another process started in the same journal have ids of their own form, and belong to no session of the tool. */
export const isRunNumber = (id: string): boolean => runNumberPattern.test(id) && runIdPattern.test(id);

const text = (description: string, maxLength: number = limits.textCharsMax): InputSchema => ({
  type: "string",
  description,
  minLength: 1,
  maxLength,
});
const whole = (description: string, minimum: number, maximum: number): InputSchema => ({
  type: "integer",
  description,
  minimum,
  maximum,
});
const flag = (description: string): InputSchema => ({ type: "boolean", description });
const list = (description: string, items: InputSchema, maxItems: number, minItems = 0): InputSchema => ({
  type: "array",
  description,
  items,
  minItems,
  maxItems,
});
const fields = (
  description: string,
  properties: { readonly [name: string]: InputSchema },
  required: readonly string[] = [],
): InputSchema => ({ type: "object", description, properties, required, additionalProperties: false });

const stepId: InputSchema = {
  type: "string",
  description: "A lower-case letter, then lower-case letters, digits and hyphens; 1 to 63 characters.",
  pattern: stepIdPattern.source,
};
const sources = list(
  "Where agent definitions may come from. Default: package alone.",
  { type: "string", enum: ["package", "user", "project"] },
  3,
  1,
);

/** What a graph file holds, and what `graph` is. */
export function graphInput(stepsMax: number): InputSchema {
  const dependencies = (description: string): InputSchema => list(description, stepId, limits.toolDependenciesMax);
  const agent = fields("Who does the step: exactly one of system and ref.", {
    system: text("The agent's system prompt, written here."),
    ref: text("A definition of the catalog, such as package:reviewer.", 72),
    tools: list(
      "Built-in tools. Replaces those of the definition; the tools that read are always there.",
      { type: "string", enum: builtInTools },
      limits.agentToolsMax,
    ),
    extensionTools: list(
      "Tools of extensions, by name; needs authority.allowExtensionCode.",
      { type: "string", minLength: 1, maxLength: 64 },
      limits.agentToolsMax,
    ),
  });
  const step = fields(
    "One step.",
    {
      id: stepId,
      agent,
      task: text("What the agent is to do, self-contained."),
      mutationScope: text("What it may change; needed where it has tools that change anything."),
      needs: dependencies("Steps that must have succeeded before."),
      after: dependencies("Steps that must have ended before, however."),
      cwd: text("Its working directory, relative and inside the workspace.", limits.pathCharsMax),
    },
    ["id", "agent", "task"],
  );
  return fields(
    "A graph of steps without cycles.",
    {
      objective: text("What all steps together are for."),
      library: fields("Agent definitions.", { sources }),
      authority: fields("What the agents of this graph may be given. All false where left out.", {
        allowFilesystemRead: flag("Tools that read files; every agent needs it."),
        allowShellTools: flag("bash."),
        allowMutationTools: flag("edit and write."),
        allowExtensionCode: flag("Tools of extensions."),
        allowProjectCode: flag("Agents, extensions and skills of the project."),
      }),
      steps: list("The steps.", step, stepsMax, 1),
      limits: fields("Limits of this graph.", {
        concurrency: whole("Steps that run at once.", 1, limits.toolConcurrencyMax),
        timeoutSecondsPerStep: whole("For one step.", 1, limits.stepTimeoutSecondsMax),
      }),
    },
    ["objective", "steps"],
  );
}

/** The whole input of the tool. `stepsMax` is the host's to say. */
export function inputSchema(stepsMax: number): InputSchema {
  return fields(
    "One call of the tool.",
    {
      action: { type: "string", enum: actions, description: "What to do." },
      graph: graphInput(stepsMax),
      graphFile: text("start: a JSON file in the working directory that holds the graph.", limits.pathCharsMax),
      options: fields("start: how the run is kept and told of.", {
        maxRunSeconds: whole("Time for the whole run.", 1, limits.runSecondsMax),
        terminalRetentionSeconds: whole("How long it is kept after its end.", 1, limits.retentionSecondsMax),
        notify: fields("Notices.", {
          mode: { type: "string", enum: ["none", "final", "milestones"] },
          maxNotices: whole("Milestones at most.", 0, limits.notifyNoticesMax),
          minIntervalSeconds: whole("Between two milestones.", 0, limits.notifyIntervalSecondsMax),
        }),
      }),
      library: fields("catalog: what to list.", {
        sources,
        query: text("Words to look for.", limits.reasonCharsMax),
        projectAgents: { type: "string", enum: ["deny", "confirm", "allow"], description: "Default: deny." },
      }),
      runId: { type: "string", pattern: runNumberPattern.source, description: "The run, as start named it." },
      stepId,
      cursor: text("The cursor of an earlier reply about this run, unchanged.", limits.toolCursorCharsMax),
      waitSeconds: whole("run_status: wait for news for so long.", 1, limits.toolWaitSecondsMax),
      maxBytes: whole("Bytes of texts, or of events.", 1, limits.toolReplyBytesMax),
      preview: flag("Whether texts of results are shown."),
      debugEvents: flag("run_status: lists events after the cursor."),
      channel: { type: "string", enum: ["steer", "follow_up"], description: "message: when it is heard." },
      text: text("message: what to say."),
      clientMessageId: text("message: the same again is the same message.", limits.messageKeyCharsMax),
      reason: text("cancel: why.", limits.reasonCharsMax),
    },
    ["action"],
  );
}
