/**
 * The candidate that is fewest edits away from `word`, if one is within `editsMax`; among equals the first.
 *
 * Costs O(candidates × word length × editsMax); candidates of a too different length cost one comparison.
 */
export function nearestWord(word: string, candidates: Iterable<string>, editsMax: number): string | undefined {
  let nearest: string | undefined;
  let allowed = editsMax;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > allowed) continue;
    const edits = editsBetween(word, candidate, allowed);
    if (edits > allowed) continue;
    nearest = candidate;
    if (edits === 0) break;
    allowed = edits - 1;
  }
  return nearest;
}

/** Insertions, deletions and replacements from `left` to `right`, or any number above `editsMax` where it takes more. */
function editsBetween(left: string, right: string, editsMax: number): number {
  const beyond = editsMax + 1;
  let row = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let i = 1; i <= left.length; i += 1) {
    const next = Array.from({ length: right.length + 1 }, () => beyond);
    if (i <= editsMax) next[0] = i;
    let least = next[0] ?? beyond;
    // Cells further than `editsMax` from the diagonal can only hold larger numbers, so they are left out.
    const last = Math.min(right.length, i + editsMax);
    for (let j = Math.max(1, i - editsMax); j <= last; j += 1) {
      const replaced = (row[j - 1] ?? beyond) + (left[i - 1] === right[j - 1] ? 0 : 1);
      const edits = Math.min(replaced, (row[j] ?? beyond) + 1, (next[j - 1] ?? beyond) + 1);
      next[j] = edits;
      if (edits < least) least = edits;
    }
    if (least > editsMax) return beyond;
    row = next;
  }
  return row[right.length] ?? beyond;
}
