import { spawnSync } from "node:child_process";

/** Root without its capabilities is bound to modes like anybody else. */
const withoutCapabilities: readonly [string, ...(readonly string[])] = [
  "setpriv",
  "--bounding-set=-all",
  "--inh-caps=-all",
];

/** What starts a program so that it is bound by the modes of files; skips the test where that cannot be. */
export function boundByModes(context: { skip(why: string): void }): readonly string[] {
  if (process.getuid?.() !== 0) return [];
  const [program, ...args] = withoutCapabilities;
  if (spawnSync(program, [...args, "true"]).status === 0) return withoutCapabilities;
  context.skip("Root may write every file, and this system has no way to be somebody else.");
  return [];
}
