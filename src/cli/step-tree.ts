import type { GraphDocument, StepDocument, StepId } from "../index.ts";

/** One line of the tree: a step behind the guides that lead to it. */
export interface Branch {
  readonly step: StepId;
  /** `│  ├─ `, or empty for a step that waits for nothing. */
  readonly guide: string;
}

/**
 * A graph as a tree: each step hangs below one of those it waits for, the one that is itself deepest, because that is usually
 * the last to let it go. Meant for graphs that fit on a screen.
 */
export function stepTreeOf({ steps }: GraphDocument): readonly Branch[] {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const depths = depthsOf(steps, byId);
  const children = new Map<StepId | undefined, StepId[]>();
  for (const step of steps) {
    const parent = deepest(dependenciesOf(step), depths);
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [step.id]);
    else siblings.push(step.id);
  }
  const branches: Branch[] = [];
  const open = (children.get(undefined) ?? []).map((step) => ({ step, guide: "", below: "" })).toReversed();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { step, guide, below } = next;
    branches.push({ step, guide });
    const own = children.get(step) ?? [];
    for (let index = own.length - 1; index >= 0; index--) {
      const isLast = index === own.length - 1;
      open.push({
        step: own[index]!,
        guide: `${below}${isLast ? "└─ " : "├─ "}`,
        below: `${below}${isLast ? "   " : "│  "}`,
      });
    }
  }
  return branches;
}

/** The number of steps before each one on the longest way to it. Each is visited once its own dependencies are known. */
function depthsOf(
  steps: readonly StepDocument[],
  byId: ReadonlyMap<StepId, StepDocument>,
): ReadonlyMap<StepId, number> {
  const depths = new Map<StepId, number>();
  for (const first of steps) {
    const open = [first];
    for (let step = open.at(-1); step !== undefined; step = open.at(-1)) {
      const unknown = dependenciesOf(step).filter((id) => !depths.has(id));
      if (unknown.length > 0) {
        for (const id of unknown) open.push(byId.get(id)!);
        continue;
      }
      open.pop();
      depths.set(step.id, 1 + Math.max(-1, ...dependenciesOf(step).map((id) => depths.get(id)!)));
    }
  }
  return depths;
}

function dependenciesOf({ needs = [], after = [] }: StepDocument): readonly StepId[] {
  return [...needs, ...after];
}

function deepest(ids: readonly StepId[], depths: ReadonlyMap<StepId, number>): StepId | undefined {
  let found: StepId | undefined;
  for (const id of ids) if (found === undefined || depths.get(id)! > depths.get(found)!) found = id;
  return found;
}
