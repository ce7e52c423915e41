import { limits } from "../../domain/limits.ts";
import type { GraphField } from "./graph-field.ts";

/** What is told about the fields under `notify`. */
export const notifyFields = {
  notify: {
    title: "Notices",
    description: "Which notices a run pushes to whoever started it.",
    rule: "an object",
    repair: 'Write an object such as { "mode": "final" }, or leave "notify" out for the defaults.',
  },
  "notify.mode": {
    title: "Mode",
    description: '"none" pushes nothing, "final" only the end of the run, "milestones" also what happens on the way.',
    rule: 'one of "none", "final" and "milestones"',
    repair: 'Write "none", "final" or "milestones", or leave it out.',
  },
  "notify.maxNotices": {
    title: "Notices at most",
    description: `How many milestone notices a run may push: 0 to ${limits.notifyNoticesMax}. Default ${limits.notifyNoticesDefault}.`,
    rule: `a whole number from 0 to ${limits.notifyNoticesMax}`,
    repair: `Write a whole number, or leave it out for ${limits.notifyNoticesDefault} notices.`,
  },
  "notify.minIntervalSeconds": {
    title: "Interval",
    description: `Seconds between two milestone notices at least: 0 to ${limits.notifyIntervalSecondsMax}. Default ${limits.notifyIntervalSecondsDefault}.`,
    rule: `a number of seconds from 0 to ${limits.notifyIntervalSecondsMax}`,
    repair: `Write seconds, or leave it out for ${limits.notifyIntervalSecondsDefault}.`,
  },
} as const satisfies Record<string, GraphField>;
