import { readFile, realpath } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { isRecord } from "../../../domain/fields.ts";

/** Major, minor, patch. */
export type PiVersion = readonly [number, number, number];

/** How far above the program its package may begin: `dist/bundle/cli.js` is two below. */
const levelsMax = 5;

/**
 * The version of pi that a command starts, read from the package that its file belongs to, without starting it. Undefined where there
 * is no such package, as for a single binary or a script of someone else's: it is then spoken to as the oldest that is known.
 */
export async function versionOf(command: readonly string[]): Promise<PiVersion | undefined> {
  // With a runtime in front, the program is the last file that is named.
  for (const file of command.toReversed()) {
    const version = isAbsolute(file) ? await packageVersion(file) : undefined;
    if (version !== undefined) return version;
  }
  return undefined;
}

export function isAtLeast(version: PiVersion | undefined, least: PiVersion): boolean {
  if (version === undefined) return false;
  for (const [index, part] of version.entries()) {
    const other = least[index] ?? 0;
    if (part !== other) return part > other;
  }
  return true;
}

async function packageVersion(file: string): Promise<PiVersion | undefined> {
  let directory: string;
  try {
    directory = dirname(await realpath(file));
  } catch {
    return undefined;
  }
  for (let level = 0; level < levelsMax; level++, directory = dirname(directory)) {
    const manifest = await readManifest(join(directory, "package.json"));
    if (manifest !== undefined) return manifest;
  }
  return undefined;
}

async function readManifest(file: string): Promise<PiVersion | undefined> {
  try {
    const manifest: unknown = JSON.parse(await readFile(file, "utf8"));
    if (!isRecord(manifest) || !String(manifest["name"]).endsWith("/pi-coding-agent")) return undefined;
    const found = /^(\d+)\.(\d+)\.(\d+)/.exec(String(manifest["version"]));
    return found === null ? undefined : [Number(found[1]), Number(found[2]), Number(found[3])];
  } catch {
    // No manifest here, or none that can be read: the package begins further up, or there is none.
    return undefined;
  }
}
