const words =
  "Words of the domain are cheap to load and decide nothing; proposed: the command line may use all of the domain.";
const types = "Only a type, which costs nothing; proposed: export it from src/index.ts and import it from there.";
const loads = "Loads less than src/index.ts does; proposed: import it from there, or keep it on the short list.";
const unthrown = "Only listed, here or in the command line's exit codes; proposed: take it out.";
const long = "Proposed: split it, one idea a file.";

/**
 * Violations that are known, each with its reason, by a part of what the rule says. A rule is never weakened in silence: whoever
 * adds an entry says why here, and an entry that excuses nothing any more is a violation itself.
 */
export const exceptions: Readonly<Record<string, string>> = {
  "src/domain/work.ts uses Promise": "Only a type: what a caller's function may return. Nothing here waits.",
  "src/adapters/graphs/lay-out-layers.ts -> src/adapters/graphs/lay-out.ts -> ":
    "Only types go one way; proposed: a file of their own for Box, Layout, Point and Size.",
  "task.unknown is never thrown": unthrown,
  "executor.missing is never thrown": unthrown,
  "artifact.tooLarge is never thrown": unthrown,
  "test/unit/adapters/parse-graph.test.ts has": long,
  "test/unit/adapters/task-executor.test.ts has": long,
  "(cli) imports src/domain/errors.ts ": words,
  "(cli) imports src/domain/ids.ts ": words,
  "(cli) imports src/domain/nearest-word.ts ": words,
  "(cli) imports src/domain/quoted-text.ts ": words,
  "(cli) imports src/domain/status.ts ": words,
  "(cli) imports src/domain/stored-output.ts ": words,
  "(cli) imports src/actors/step-output.ts ": types,
  "(cli) imports src/projections/activity.ts ": loads,
};
