import { limits } from "../../domain/limits.ts";
import type { GraphField } from "./graph-field.ts";

/** What is told about the fields of a step's `agent`. */
export const agentFields = {
  "steps.*.agent": {
    title: "Agent",
    description: "Work that a language model does through an agent program.",
    rule: "an object",
    repair: 'Write an object such as { "kind": "pi", "task": "Review the changes.", "ref": "package:reviewer" }.',
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
    description: `Who the agent is and how it works, written here. Agents of kind "pi" need this or "ref". At most ${limits.textCharsMax} characters.`,
    rule: `a text of 1 to ${limits.textCharsMax} characters`,
    repair: 'Write who the agent is and how it works, or name a definition in "ref".',
    blankCode: "inline-system-required",
  },
  "steps.*.agent.ref": {
    title: "Definition",
    description:
      'Who the agent is, as a file says: "package:NAME", "user:NAME" or "project:NAME", from a source of "library.sources".',
    rule: 'a source ("package", "user" or "project"), a colon, and the name of a definition',
    repair: 'Write a reference such as "package:reviewer".',
    patternCode: "library-agent-ref-invalid",
  },
  "steps.*.agent.tools": {
    title: "Tools",
    description:
      'The names of the built-in tools that the agent may use, in place of its usual ones, as far as "authority" allows.',
    rule: `a list of at most ${limits.environmentEntriesMax} tool names`,
    repair: 'Write a list of tool names, such as ["read", "grep"].',
  },
  "steps.*.agent.tools.*": {
    title: "Tool",
    description: "The name of a tool, as the agent program knows it.",
    rule: `a text of 1 to ${limits.reasonCharsMax} characters`,
    repair: "Write the name of a tool as the agent program knows it.",
  },
  "steps.*.agent.extensionTools": {
    title: "Extension tools",
    description:
      'The names of tools of extensions that the agent may use in addition; needs "authority.allowExtensionCode".',
    rule: `a list of at most ${limits.environmentEntriesMax} tool names`,
    repair: 'Write a list of tool names, or leave "extensionTools" out.',
  },
  "steps.*.agent.extensionTools.*": {
    title: "Extension tool",
    description: "The name of a tool, as its extension calls it.",
    rule: `a text of 1 to ${limits.reasonCharsMax} characters`,
    repair: "Write the name of a tool as its extension calls it.",
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
  "steps.*.agent.mutationScope": {
    title: "Scope of changes",
    description: `What the agent may change, in words; needed where it has tools that change anything. ${limits.mutationScopeCharsMin} to ${limits.textCharsMax} characters.`,
    rule: `a text of ${limits.mutationScopeCharsMin} to ${limits.textCharsMax} characters`,
    repair: 'Say which files the agent may change, such as "Only files below src/parser and their tests".',
    blankCode: "mutation-scope-invalid",
  },
  "steps.*.agent.command": {
    title: "Command",
    description: 'How the agent program is started: a program and its arguments. Needed for the kind "acp".',
    rule: `a list of 1 to ${limits.commandArgumentsMax} texts, together at most ${limits.commandArgumentCharsMax} characters`,
    repair: 'Write the program and its arguments as a list, such as ["gemini", "--acp"].',
    blankCode: "step-agent-command-required",
  },
  "steps.*.agent.command.*": {
    title: "Argument",
    description: "The program first, then its arguments, each as it is: nothing is expanded.",
    rule: `a text of at most ${limits.commandArgumentCharsMax} characters`,
    repair: "Write the argument as a text in double quotes, numbers too.",
    blankCode: "step-agent-command-required",
  },
} as const satisfies Record<string, GraphField>;
