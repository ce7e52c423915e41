/** What a child process may know of the environment that Runfold itself runs in. Everything else may be a secret. */
const inheritedNames: ReadonlySet<string> = new Set(
  "PATH HOME USER LOGNAME SHELL LANG LANGUAGE TZ TERM TMPDIR TMP TEMP".split(" "),
);

export type Environment = Record<string, string>;

/**
 * What the kernel takes for arguments and environment together, less some room for the kernel's own entries: a quarter of
 * the usual stack limit on Linux, ARG_MAX elsewhere.
 */
export const launchBytesMax = (process.platform === "linux" ? 2 : 1) * 1024 * 1024 - 64 * 1024;

/** Each string also takes a pointer. */
const pointerBytes = 8;

/** The variables of `parent` that child processes may see: a fixed list, all of locale, and those that the host named. */
export function inheritedEnvironment(parent: NodeJS.ProcessEnv, alsoInherit: readonly string[]): Environment {
  const environment: Environment = {};
  for (const [name, value] of Object.entries(parent)) {
    if (value === undefined) continue;
    if (inheritedNames.has(name) || name.startsWith("LC_") || alsoInherit.includes(name)) environment[name] = value;
  }
  return environment;
}

/**
 * Leaves out the largest of the `removable` variables until a launch fits.
 * @returns the names that were left out, largest first
 */
export function fitEnvironment(
  environment: Environment,
  argv: readonly string[],
  removable: Iterable<string>,
  bytesMax = launchBytesMax,
): readonly string[] {
  let bytes = 0;
  for (const argument of argv) bytes += stringBytes(argument);
  for (const [name, value] of Object.entries(environment)) bytes += entryBytes(name, value);
  if (bytes <= bytesMax) return [];
  const largest = Array.from(removable, (name) => ({ name, bytes: entryBytes(name, environment[name] ?? "") }));
  largest.sort((one, other) => other.bytes - one.bytes);
  const left: string[] = [];
  for (const entry of largest) {
    if (bytes <= bytesMax) break;
    delete environment[entry.name];
    bytes -= entry.bytes;
    left.push(entry.name);
  }
  return left;
}

function stringBytes(text: string): number {
  return Buffer.byteLength(text) + 1 + pointerBytes;
}

function entryBytes(name: string, value: string): number {
  return stringBytes(name) + Buffer.byteLength(value) + 1;
}
