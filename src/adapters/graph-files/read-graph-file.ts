import { isUtf8 } from "node:buffer";
import { constants } from "node:fs";
import { lstat, open, realpath, type FileHandle } from "node:fs/promises";
import { isAbsolute, join, relative, resolve, sep } from "node:path";

/** Why a graph file was not read. The message goes on from the file's name: `has a NUL byte in it`. */
export class GraphFileDenied extends Error {
  readonly code: GraphFileDenial;

  constructor(code: GraphFileDenial, why: string) {
    super(why);
    this.name = "GraphFileDenied";
    this.code = code;
  }
}

export type GraphFileDenial =
  | "path-invalid"
  | "absolute-denied"
  | "extension-invalid"
  | "cwd-invalid"
  | "path-escape-denied"
  | "unreadable"
  | "symlink-denied"
  | "not-file"
  | "too-large"
  | "open-failed"
  | "stat-failed"
  | "read-failed"
  | "text-invalid";

/**
 * The text of a `.json` file below a directory, for callers who may not read other files. A path that leaves the directory is refused by
 * its text alone, so that nothing outside is looked at, and no part of it may be a symlink. What is read is what was checked: the file is
 * opened without following a link, and looked at once it is open.
 * @throws GraphFileDenied
 */
export async function readGraphFile(directory: string, path: string, bytesMax: number): Promise<string> {
  if (path.includes("\0")) throw new GraphFileDenied("path-invalid", "has a NUL byte in its path");
  if (isAbsolute(path)) throw new GraphFileDenied("absolute-denied", `has to be a path below ${directory}`);
  if (!path.endsWith(".json")) throw new GraphFileDenied("extension-invalid", "has to end in .json");
  const root = await realpath(directory).catch((thrown: unknown) => {
    throw new GraphFileDenied("cwd-invalid", `cannot be looked for: ${directory} ${reasonOf(thrown)}`);
  });
  const bytes = await readOpened(await checkedPath(root, path, bytesMax), bytesMax);
  if (!isUtf8(bytes)) throw new GraphFileDenied("text-invalid", "is not UTF-8 text");
  return bytes.toString("utf8");
}

async function checkedPath(root: string, path: string, bytesMax: number): Promise<string> {
  const below = relative(root, resolve(root, path));
  if (isOutside(below)) throw new GraphFileDenied("path-escape-denied", `has to be a path below ${root}`);
  let place = root;
  const segments = below.split(sep);
  for (const [index, segment] of segments.entries()) {
    place = join(place, segment);
    const stats = await lstat(place).catch(unreadable);
    if (stats.isSymbolicLink()) throw new GraphFileDenied("symlink-denied", "leads through a symbolic link");
    if (index < segments.length - 1) continue;
    if (!stats.isFile()) throw new GraphFileDenied("not-file", "is not a regular file");
    if (stats.size > bytesMax) throw tooLarge(bytesMax);
  }
  // Were a segment swapped for a symlink since it was looked at, the real path would tell.
  const real = await realpath(place).catch(unreadable);
  if (isOutside(relative(root, real))) throw new GraphFileDenied("path-escape-denied", `leads out of ${root}`);
  return real;
}

async function readOpened(path: string, bytesMax: number): Promise<Buffer> {
  // Should it have become a pipe, opening it must not wait for a writer.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags).catch((thrown: unknown) => {
    throw new GraphFileDenied("open-failed", reasonOf(thrown));
  });
  try {
    const stats = await file.stat().catch((thrown: unknown) => {
      throw new GraphFileDenied("stat-failed", reasonOf(thrown));
    });
    if (!stats.isFile()) throw new GraphFileDenied("not-file", "is not a regular file");
    if (stats.size > bytesMax) throw tooLarge(bytesMax);
    return await readAll(file, bytesMax);
  } finally {
    await file.close();
  }
}

async function readAll(file: FileHandle, bytesMax: number): Promise<Buffer> {
  const buffer = Buffer.alloc(bytesMax + 1);
  let bytes = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, bytes, buffer.length - bytes).catch((thrown: unknown) => {
      throw new GraphFileDenied("read-failed", reasonOf(thrown));
    });
    bytes += bytesRead;
    if (bytes > bytesMax) throw tooLarge(bytesMax);
    if (bytesRead === 0) return buffer.subarray(0, bytes);
  }
}

function tooLarge(bytesMax: number): GraphFileDenied {
  return new GraphFileDenied("too-large", `has more than ${bytesMax} bytes`);
}

function isOutside(below: string): boolean {
  return below === ".." || below.startsWith(`..${sep}`) || isAbsolute(below);
}

function unreadable(thrown: unknown): never {
  throw new GraphFileDenied("unreadable", reasonOf(thrown));
}

function reasonOf(thrown: unknown): string {
  const code = (thrown as { readonly code?: unknown }).code;
  if (code === "ENOENT" || code === "ENOTDIR") return "does not exist";
  return `cannot be read (${typeof code === "string" ? code : String(thrown)})`;
}
