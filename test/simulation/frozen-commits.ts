import type { Commit } from "../../src/domain/commit.ts";

/** What is written is bytes: whoever changes a commit afterwards changes nothing, and is told so. */
export function frozen(commits: readonly Commit[]): readonly Commit[] {
  const copy: Commit[] = JSON.parse(JSON.stringify(commits));
  freeze(copy);
  return copy;
}

function freeze(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  Object.freeze(value);
  for (const part of Object.values(value)) freeze(part);
}
