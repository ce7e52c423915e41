import { limits } from "../../domain/limits.ts";
import { agentFields } from "./agent-fields.ts";
import type { GraphField } from "./graph-field.ts";

const dependencyEntry = {
  title: "Step id",
  description: "The id of another step of this graph.",
  rule: "the id of a step: a lower-case letter, then lower-case letters, digits and hyphens, 1 to 63 characters",
  repair: "Write the id of the step exactly as that step has it.",
  patternCode: "public-id-invalid",
} as const;

/** What is told about the fields of a step. */
export const stepFields = {
  "steps.*": {
    title: "Step",
    description: 'One piece of work. Exactly one of "command", "shell", "task" and "agent" says what to run.',
    rule: "an object",
    repair: 'Write a step as an object: { "id": "…", "command": ["…"] }.',
  },
  "steps.*.id": {
    title: "Id",
    description:
      "Names the step: a lower-case letter, then lower-case letters, digits and hyphens, 1 to 63 characters; unique.",
    rule: "a lower-case letter, then lower-case letters, digits and hyphens, 1 to 63 characters in all",
    repair: 'Give the step an id such as "unit-tests".',
    patternCode: "public-id-invalid",
  },
  "steps.*.command": {
    title: "Command",
    description: "A program and its arguments, started without a shell.",
    rule: `a list of 1 to ${limits.commandArgumentsMax} texts, together at most ${limits.commandArgumentCharsMax} characters`,
    repair:
      'Write the program and its arguments as a list, such as ["git", "log"]; a line for a shell goes into "shell".',
    blankCode: "step-command-required",
  },
  "steps.*.command.*": {
    title: "Argument",
    description: "The program first, then its arguments, each as it is: nothing is expanded.",
    rule: `a text of at most ${limits.commandArgumentCharsMax} characters`,
    repair: "Write the argument as a text in double quotes, numbers too.",
    blankCode: "step-command-required",
  },
  "steps.*.shell": {
    title: "Shell",
    description: `A line or script for \`sh -c\`. At most ${limits.commandArgumentCharsMax} characters.`,
    rule: `a text of 1 to ${limits.commandArgumentCharsMax} characters`,
    repair: 'Write the script as one text, such as "git log | wc -l".',
    blankCode: "step-shell-required",
  },
  "steps.*.task": {
    title: "Task",
    description: "The name of a function that the program which embeds Runfold has registered.",
    rule: `a text of 1 to ${limits.reasonCharsMax} characters`,
    repair: 'Write the name under which the function is registered; the work of an agent goes into "agent.task".',
    blankCode: "step-task-required",
  },
  ...agentFields,
  "steps.*.parser": {
    title: "Parser",
    description:
      'How to read what a command that runs an agent program writes: "claude", "codex", "gemini", "opencode", "pi-json" or "text". The output of the step is then the answer of the agent. Only with "command" or "shell".',
    rule: "the name of a parser: a lower-case letter, then lower-case letters, digits and hyphens, 1 to 63 characters in all",
    repair:
      'Write the name of a parser, such as "claude", or leave "parser" out to keep what the command writes as it is.',
  },
  "steps.*.needs": {
    title: "Needs",
    description: "Steps that must have succeeded before this one starts. Their outputs reach it. Repeats count once.",
    rule: `a list of at most ${limits.stepsMax} step ids`,
    repair: 'Write a list of step ids, such as ["build"].',
  },
  "steps.*.needs.*": dependencyEntry,
  "steps.*.after": {
    title: "After",
    description: "Steps that must have ended, however, before this one starts. Repeats count once.",
    rule: `a list of at most ${limits.stepsMax} step ids`,
    repair: 'Write a list of step ids, such as ["tests"].',
  },
  "steps.*.after.*": dependencyEntry,
  "steps.*.cwd": {
    title: "Working directory",
    description: `Where the work runs, relative to the root of the run, which it must not leave. At most ${limits.pathCharsMax} characters.`,
    rule: `a path of 1 to ${limits.pathCharsMax} characters`,
    repair: 'Write a path such as "packages/core", or leave "cwd" out for the root of the run.',
  },
  "steps.*.env": {
    title: "Environment",
    description: `Variables that the work gets in addition, at most ${limits.environmentEntriesMax}: names of letters, digits and underscores that do not begin with RUNFOLD_.`,
    rule: `an object of at most ${limits.environmentEntriesMax} variables, each a name with a text`,
    repair: 'Write an object such as { "LANG": "C" }, or leave "env" out.',
  },
  "steps.*.env.*": {
    title: "Variable",
    description: `The value of the variable, at most ${limits.environmentValueCharsMax} characters.`,
    rule: `a text of at most ${limits.environmentValueCharsMax} characters`,
    repair: 'Write the value as a text in double quotes, numbers too: { "PORT": "8080" }.',
  },
  "steps.*.timeoutSeconds": {
    title: "Timeout",
    description: `Seconds for one attempt: ${limits.durationSecondsMin} to ${limits.stepTimeoutSecondsMax}. Default: limits.stepTimeoutSeconds, else ${limits.stepTimeoutSecondsDefault}.`,
    rule: `a number of seconds from ${limits.durationSecondsMin} to ${limits.stepTimeoutSecondsMax}`,
    repair: "Write seconds, or leave it out for the default of the graph.",
  },
  "steps.*.retry": {
    title: "Retry",
    description: "What happens after an attempt that failed. Without it there is one attempt.",
    rule: "an object",
    repair: 'Write an object such as { "attempts": 3 }, or leave "retry" out for a single attempt.',
  },
  "steps.*.retry.attempts": {
    title: "Attempts",
    description: `All attempts, the first included: 1 to ${limits.attemptsMax}.`,
    rule: `a whole number from 1 to ${limits.attemptsMax}`,
    repair: "Write how often the step may be tried in all, the first time included.",
  },
  "steps.*.retry.backoffSeconds": {
    title: "Backoff",
    description: `Seconds before the second attempt, doubled before each further one: 0 to ${limits.backoffSecondsMax}. Default 0.`,
    rule: `a number of seconds from 0 to ${limits.backoffSecondsMax}`,
    repair: "Write seconds, or leave it out to try again at once.",
  },
  "steps.*.onInterrupted": {
    title: "When interrupted",
    description:
      'What becomes of an attempt whose process was lost, as in a crash: "retry" starts it again, "fail" fails the step.',
    rule: 'one of "retry" and "fail"',
    repair: 'Write "retry" for work that may run twice and "fail" for work that may not, or leave it out.',
  },
} as const satisfies Record<string, GraphField>;
