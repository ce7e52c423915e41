import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, resolve } from "node:path";

/** Where the POSIX shell looks when there is no PATH. */
const defaultPath = "/usr/bin:/bin";

export type FoundProgram = { readonly file: string } | { readonly problem: string };

/**
 * The file that a program's name stands for, by the rules of `execvp`: a name with a slash is relative to `cwd`, any other is
 * looked up in `path`. Done before a process is started, because a shell can only say it in words of its own.
 */
export async function findProgram(name: string, path: string | undefined, cwd: string): Promise<FoundProgram> {
  if (name === "") return { problem: "The command names no program." };
  if (name.includes("\0")) return { problem: "The program's name contains a NUL character." };
  if (name.includes("/")) {
    const file = resolve(cwd, name);
    const state = await stateOf(file);
    return state === "executable" ? { file } : { problem: `The program ${name} ${reasons[state]}, in ${cwd}.` };
  }
  const searched = path ?? defaultPath;
  let best: Exclude<FileState, "executable"> = "missing";
  for (const directory of searched.split(delimiter)) {
    const file = resolve(cwd, directory, name);
    const state = await stateOf(file);
    if (state === "executable") return { file };
    if (state === "forbidden") best = state;
  }
  return { problem: `The program ${name} ${reasons[best]}; PATH searched: ${searched}` };
}

type FileState = "executable" | "missing" | "notFile" | "forbidden";

const reasons: Readonly<Record<Exclude<FileState, "executable">, string>> = {
  missing: "was not found",
  notFile: "is not a file",
  forbidden: "is not executable",
};

async function stateOf(file: string): Promise<FileState> {
  try {
    if (!(await stat(file)).isFile()) return "notFile";
  } catch {
    return "missing";
  }
  try {
    await access(file, constants.X_OK);
    return "executable";
  } catch {
    return "forbidden";
  }
}
