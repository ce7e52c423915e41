import { limits } from "../../domain/limits.ts";
import type { GraphField } from "./graph-field.ts";

/** What is told about the fields of a step's `agent`. */
export const agentFields = {
  "steps.*.agent": {
    title: "Agent",
    description: "Work that a language model does through an agent program.",
    rule: "an object",
    repair: 'Write an object such as { "kind": "pi", "task": "Review the changes." }.',
  },
  "steps.*.agent.kind": {
    title: "Kind",
    description: 'Which agent program, such as "pi".',
    rule: "a lower-case letter, then lower-case letters, digits and hyphens, 1 to 63 characters in all",
    repair: 'Write the kind of an agent that is set up here, such as "pi".',
    patternCode: "public-id-invalid",
  },
  "steps.*.agent.task": {
    title: "Task",
    description: `What the agent is to do, in words. At most ${limits.textCharsMax} characters.`,
    rule: `a text of 1 to ${limits.textCharsMax} characters`,
    repair: "Say what the agent is to do and what it is to answer.",
    blankCode: "step-task-required",
    missingIsBlank: true,
  },
  "steps.*.agent.system": {
    title: "System prompt",
    description: `Who the agent is and how it works. At most ${limits.textCharsMax} characters.`,
    rule: `a text of 1 to ${limits.textCharsMax} characters`,
    repair: 'Write the system prompt, or leave "system" out.',
  },
  "steps.*.agent.tools": {
    title: "Tools",
    description: "The names of the tools that the agent may use. Without it the agent has its usual ones.",
    rule: `a list of at most ${limits.environmentEntriesMax} tool names`,
    repair: 'Write a list of tool names, such as ["read", "grep"].',
  },
  "steps.*.agent.tools.*": {
    title: "Tool",
    description: "The name of a tool, as the agent program knows it.",
    rule: `a text of 1 to ${limits.reasonCharsMax} characters`,
    repair: "Write the name of a tool as the agent program knows it.",
  },
  "steps.*.agent.model": {
    title: "Model",
    description: "The model, as the agent program knows it. Without it the program's own default.",
    rule: `a text of 1 to ${limits.reasonCharsMax} characters`,
    repair: 'Write the name of a model, or leave "model" out.',
  },
  "steps.*.agent.thinking": {
    title: "Thinking",
    description: 'How much the model thinks, as the agent program knows it, such as "low" or "high".',
    rule: `a text of 1 to ${limits.reasonCharsMax} characters`,
    repair: 'Write a level such as "low", or leave "thinking" out.',
  },
} as const satisfies Record<string, GraphField>;
