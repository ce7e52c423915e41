import type { SourceFile } from "./source-file.ts";
import { roomOf, rooms } from "./folder-law.ts";

export const linesMax = 300;
const vagueWords = new Set(["util", "utils", "helper", "helpers", "common", "misc", "shared", "stuff"]);

/** Words that a room must not use, found in code alone. */
export function wordViolations(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const room = roomOf(file.path);
    const banned = room === undefined ? [] : (rooms[room]!.bannedWords ?? []);
    return banned.flatMap(([word, instead]) =>
      [...file.code.matchAll(new RegExp(word, "g"))].map(
        (match) => `${file.path} uses ${match[0].trim()} in line ${lineOf(file.code, match.index)}: ${instead}`,
      ),
    );
  });
}

/** What holds for every file of the source. */
export function sourceViolations(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const { path, code } = file;
    const found = formViolations(file);
    const name = path.split("/").at(-1)!;
    const isPage = roomOf(path) === "viewer/page" && /\.(?:tsx|css|html|json)$/.test(path);
    if (!path.endsWith(".ts") && !isPage)
      found.push(`${path} is no TypeScript: the source holds nothing else; is it a left-over of a build?`);
    if (name === "index.ts" && path !== "src/index.ts") found.push(`${path}: name the file after what is in it`);
    if (/\bexport\s*\*/.test(code)) found.push(`${path} exports everything of another file: name what it exports`);
    if (/\bexport\s+default\b|\bas\s+default\b/.test(code)) found.push(`${path} has a default export: give it a name`);
    if (roomOf(path) !== "cli" && /\bconsole\b/.test(code)) {
      found.push(`${path} writes to the console: report a diagnostic, and leave writing to the command line`);
    }
    return found;
  });
}

/** What holds for every file, of the source and of the tests. */
export function formViolations({ path, text, comments }: SourceFile): string[] {
  const found: string[] = [];
  const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
  if (lines > linesMax)
    found.push(`${path} has ${lines} lines, more than ${linesMax}: move an idea into a file of its own`);
  for (const part of path.replace(/(?:\.(?:test|test-d|property))*\.\w+$/, "").split("/")) {
    if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(part)) found.push(`${path}: write ${part} in kebab-case`);
    const vague = part.split("-").find((word) => vagueWords.has(word));
    if (vague !== undefined) found.push(`${path}: "${vague}" says nothing; name the file after its one idea`);
  }
  const mark = /\b(?:TODO|FIXME|XXX)\b/.exec(comments);
  if (mark !== null) found.push(`${path} has a ${mark[0]}: do it, or write down what holds instead`);
  return found;
}

function lineOf(code: string, index: number): number {
  return code.slice(0, index).split("\n").length;
}
