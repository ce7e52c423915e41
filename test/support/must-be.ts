/** Throws unless two texts or numbers are the same. Cheap where a property asks thousands of times; says where they differ. */
export function mustBe(actual: string | number | undefined, expected: string | number | undefined, what: string): void {
  if (actual === expected) return;
  if (typeof actual !== "string" || typeof expected !== "string") {
    throw new Error(`${what}: ${actual}, but expected ${expected}`);
  }
  let same = 0;
  while (actual[same] === expected[same]) same++;
  const from = Math.max(0, same - 60);
  const shown = (text: string): string => text.slice(from, same + 200);
  throw new Error(`${what}: from character ${from}\n${shown(actual)}\nbut expected\n${shown(expected)}`);
}
