import { formViolations } from "./text-rules.ts";
import { importsOf, targetOf } from "./source-file.ts";
import type { SourceFile } from "./source-file.ts";

/** What holds for every file below `test/`. */
export function testViolations(files: readonly SourceFile[]): string[] {
  const typescript = files.filter(({ path }) => path.endsWith(".ts"));
  const byPath = new Map(typescript.map((file) => [file.path, file]));
  return typescript.flatMap((file) => {
    const { path, code } = file;
    const found = formViolations(file);
    if (/\.only\b|\bf(?:it|describe)\s*\(/.test(code)) found.push(`${path} runs only some of its tests: run them all`);
    if (/\b(?:it|test|describe)\s*\.\s*(?:skip|todo)\b|\bx(?:it|describe)\s*\(|\.skip\(\s*\)/.test(code)) {
      found.push(
        `${path} skips a test without a reason: call skip("why") on the test's context, so that the reason is printed`,
      );
    }
    if (!path.startsWith("test/support/") && sleeps(file)) {
      found.push(`${path} waits on real time: wait for an event, or drive the virtual clock`);
    }
    if (/\.test(?:-d)?\.ts$/.test(path) && !asserts(file, byPath))
      found.push(`${path} has no assertion: expect something`);
    return found;
  });
}

/** A timer is named either as a global or as an import of Node's; a property of that name is something else. */
function sleeps(file: SourceFile): boolean {
  const isImported = importsOf(file).some(({ specifier }) => /^(?:node:)?timers(?:\/promises)?$/.test(specifier ?? ""));
  return isImported || /(?<!\.\s*)\bset(?:Timeout|Interval)\s*\(/.test(file.code);
}

/** Whether a test, or a suite of this project that it calls, expects anything. */
function asserts(file: SourceFile, byPath: ReadonlyMap<string, SourceFile>, seen = new Set<string>()): boolean {
  if (seen.has(file.path)) return false;
  seen.add(file.path);
  if (/\b(?:expect|expectTypeOf|assert)\b\s*[.(<]/.test(file.code)) return true;
  if (file.path.endsWith(".test-d.ts") && file.comments.includes("@ts-expect-error")) return true;
  return importsOf(file).some((found) => {
    const target = byPath.get(targetOf(found) ?? "");
    return target !== undefined && !found.isTypeOnly && asserts(target, byPath, seen);
  });
}
