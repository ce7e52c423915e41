import { importsOf, targetOf } from "./source-file.ts";
import type { Import, SourceFile } from "./source-file.ts";
import { roomOf, rooms } from "./folder-law.ts";

/** Imports that the law of folders does not allow, files outside every room, and imports that name no file. */
export function importViolations(files: readonly SourceFile[]): string[] {
  const known = new Set(files.map(({ path }) => path));
  return files.flatMap((file) => {
    const room = roomOf(file.path);
    if (room === undefined) {
      return [`${file.path} is in a folder that the law does not know: move it, or give the folder a room in the law`];
    }
    return importsOf(file).flatMap((found) => problemOf(found, room, known) ?? []);
  });
}

function problemOf(found: Import, room: string, known: ReadonlySet<string>): string | undefined {
  const { from, specifier } = found;
  if (specifier === undefined)
    return `${from} imports what only running it would tell: name the module as a plain string`;
  const target = targetOf(found);
  if (target === undefined) return packageProblem(from, specifier, room);
  if (!known.has(target)) return `${from} imports ${specifier}, which is no source file: write its path with .ts`;
  const other = roomOf(target);
  const law = rooms[room]!;
  const isAllowed =
    other === room ||
    (other !== undefined && law.rooms.includes(other)) ||
    law.rooms.includes("*") ||
    law.modules?.includes(target) === true ||
    (found.isTypeOnly && other !== undefined && law.types?.includes(other) === true);
  if (isAllowed) return undefined;
  const may = [...law.rooms, ...(law.types ?? []).map((name) => `types of ${name}`), ...(law.modules ?? [])];
  return `${from} (${room}) imports ${target} (${other ?? "no room"}): ${room} may import ${may.join(", ") || "nothing"}; pass it in, or move it`;
}

function packageProblem(from: string, specifier: string, room: string): string | undefined {
  const isAllowed = rooms[room]!.packages.some((allowed) =>
    allowed === "node:" ? specifier.startsWith("node:") : specifier === allowed || specifier.startsWith(`${allowed}/`),
  );
  if (isAllowed) return undefined;
  const may = rooms[room]!.packages.join(", ") || "no package";
  return `${from} (${room}) imports the package ${specifier}: ${room} may use ${may}; put what needs it into an adapter`;
}

/** One way round for each knot of files that import each other; imports of types count. */
export function cycleViolations(files: readonly SourceFile[]): string[] {
  const known = new Set(files.map(({ path }) => path));
  const targets = new Map(
    files.map((file) => [
      file.path,
      importsOf(file).flatMap((found) => {
        const target = targetOf(found);
        return target !== undefined && known.has(target) ? [target] : [];
      }),
    ]),
  );
  const violations: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    const start = path.indexOf(file);
    if (start !== -1) {
      const way = [...path.slice(start), file].join(" -> ");
      violations.push(`files import each other in a ring: ${way}; move what both need into a file of its own`);
      return;
    }
    if (done.has(file)) return;
    path.push(file);
    for (const target of targets.get(file)!) visit(target);
    path.pop();
    done.add(file);
  };
  for (const { path: file } of files) visit(file);
  return violations;
}
