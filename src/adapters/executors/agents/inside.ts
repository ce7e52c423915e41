import { realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, basename, relative, resolve, sep } from "node:path";

/** Whether `path` is `directory` or lies below it, by their texts alone; both are absolute. */
export function isInside(directory: string, path: string): boolean {
  const below = relative(directory, path);
  return !(below === ".." || below.startsWith(`..${sep}`) || isAbsolute(below));
}

/** The real path of something that need not be there: that of what is there of it, and the rest as it is. */
export async function realPathOf(path: string): Promise<string> {
  const absolute = resolve(path);
  try {
    return await realpath(absolute);
  } catch {
    const parent = dirname(absolute);
    return parent === absolute ? absolute : join(await realPathOf(parent), basename(absolute));
  }
}
