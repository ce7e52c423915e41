/** A change of what the machines decide, from one version of commits on. */
export interface ReplayChange {
  /** The first schema whose commits were decided with it. */
  readonly since: number;
  /** What is decided since, and what was before. */
  readonly says: string;
}

/**
 * Every change of what the machines decide for the same input in the same state. Each commit names the version that decided it,
 * so replay decides an old commit as it was decided then, and a run that a later version takes over goes on with the new rules.
 * Entries are never taken out while journals of the versions before them may exist. The idea is that of Temporal's `patched`,
 * kept in one table: https://docs.temporal.io/patching.
 */
export const replayChanges = {
  retryWithinDeadline: {
    since: 2,
    says:
      "A retry that could only come after the run's deadline is not scheduled: the step ends with its failure at once. " +
      "Before, the run waited for its deadline, and expired.",
  },
  notices: {
    since: 3,
    says:
      "What is worth telling about a run, and its end, is queued as a notice, as the graph's `notify` says. " +
      "Before, a run queued none.",
  },
} as const satisfies Readonly<Record<string, ReplayChange>>;

export type ReplayChangeName = keyof typeof replayChanges;

/** Whether commits of a schema were decided with a change. */
export function follows(schema: number, change: ReplayChangeName): boolean {
  return schema >= replayChanges[change].since;
}
