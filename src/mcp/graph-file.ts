import { constants, type Stats } from "node:fs";
import { lstat, open, realpath } from "node:fs/promises";
import { isAbsolute, join, normalize, sep } from "node:path";
import { quotedText } from "../domain/quoted-text.ts";
import { systemCode } from "../cli/system-error.ts";
import { limits } from "../index.ts";
import { Refusal } from "./problem.ts";

const advice = "Name a JSON file by its path below the server's root, or give the graph itself as graph.";

/**
 * The text of a graph file below a directory. Nothing outside of it is looked at, and no symbolic link is followed: whoever may name
 * a file here may not be the one who may read all of them.
 * @throws Refusal
 */
export async function readGraphFile(root: string, name: string): Promise<string> {
  const path = normalize(name);
  if (name.includes("\0") || isAbsolute(name) || path === ".." || path.startsWith(`..${sep}`)) {
    throw refusal(name, "has to be a path below the server's root");
  }
  if (!path.endsWith(".json")) throw refusal(name, "has to end in .json");
  let found = await realpath(root);
  for (const part of path.split(sep)) {
    found = join(found, part);
    const stats = await statsOf(found, name);
    if (stats.isSymbolicLink()) throw refusal(name, "leads through a symbolic link");
  }
  return await readText(found, name);
}

async function statsOf(path: string, name: string): Promise<Stats> {
  try {
    return await lstat(path);
  } catch (error) {
    throw unreadable(name, error);
  }
}

async function readText(path: string, name: string): Promise<string> {
  try {
    // Without waiting for a writer, should it be a pipe.
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stats = await file.stat();
    if (!stats.isFile()) throw refusal(name, "is not a regular file");
    if (stats.size > limits.graphFileBytesMax) {
      throw refusal(name, `has ${stats.size} bytes; a graph has at most ${limits.graphFileBytesMax}`);
    }
    const bytes = Buffer.alloc(stats.size);
    const { bytesRead } = await file.read(bytes, 0, stats.size, 0);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, bytesRead));
  } catch (error) {
    if (error instanceof Refusal) throw error;
    if (error instanceof TypeError) throw refusal(name, "is not UTF-8 text");
    throw unreadable(name, error);
  }
}

function unreadable(name: string, error: unknown): Refusal {
  const code = systemCode(error);
  return refusal(name, code === "ENOENT" || code === "ENOTDIR" ? "does not exist" : `cannot be read (${code})`);
}

function refusal(name: string, why: string): Refusal {
  return new Refusal("graph.unreadable", `The graph file ${quotedText(name)} ${why}.`, advice);
}
