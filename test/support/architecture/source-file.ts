import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { takeApart } from "./source-text.ts";
import type { SourceText } from "./source-text.ts";

/** A file of the project, by its path from the project's root, with slashes. */
export interface SourceFile extends SourceText {
  readonly path: string;
  readonly text: string;
}

/** What one file asks of another, or of a package. */
export interface Import {
  readonly from: string;
  /** Undefined where the specifier is not a plain string. */
  readonly specifier: string | undefined;
  readonly isTypeOnly: boolean;
}

export function sourceFile(path: string, text: string): SourceFile {
  return { path, text, ...takeApart(text) };
}

/** All files below a folder of the project, in order, without installed packages; none where the folder is missing. */
export function filesBelow(root: string, folder: string): SourceFile[] {
  if (!existsSync(join(root, folder))) return [];
  return pathsBelow(join(root, folder))
    .map((path) => path.slice(join(root, "/").length))
    .toSorted()
    .map((path) => sourceFile(path, readFileSync(join(root, path), "utf8")));
}

function pathsBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : pathsBelow(path);
    return entry.isFile() ? [path] : [];
  });
}

/** Every import, re-export, dynamic import and `import("…")` type of a file. */
export function importsOf({ path, code, strings }: SourceFile): Import[] {
  const found: Import[] = [];
  for (const [, clause, number] of code.matchAll(/\b(?:import|export)\b([^;"'()]*)\bfrom\s*"(\d+)"/g)) {
    const names = /\{([^}]*)\}/.exec(clause!)?.[1]?.split(",") ?? [];
    const listed = names.map((name) => name.trim()).filter((name) => name !== "");
    const isEach = listed.length > 0 && listed.every((name) => name.startsWith("type "));
    const isTypeOnly = /^\s*type\b/.test(clause!) || isEach;
    found.push({ from: path, specifier: strings[Number(number)]!, isTypeOnly });
  }
  for (const [, number] of code.matchAll(/\bimport\s*"(\d+)"/g)) {
    found.push({ from: path, specifier: strings[Number(number)]!, isTypeOnly: false });
  }
  for (const [, number] of code.matchAll(/\b(?:import|require)\s*\(\s*(?:"(\d+)"\s*[,)])?/g)) {
    found.push({
      from: path,
      specifier: number === undefined ? undefined : strings[Number(number)]!,
      isTypeOnly: false,
    });
  }
  return found;
}

/** The path that a relative specifier names; undefined for a package. */
export function targetOf({ from, specifier }: Import): string | undefined {
  if (specifier === undefined || !specifier.startsWith(".")) return undefined;
  return join(from, "..", specifier);
}
