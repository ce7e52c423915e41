import type { SourceFile } from "./source-file.ts";

/** The codes of `ErrorCode`, as `src/domain/errors.ts` lists them. */
export function errorCodesOf({ code, strings }: SourceFile): string[] {
  return stringsOfType("ErrorCode", code, strings);
}

/** Codes that nothing throws: the list names them, and maybe the command line and what surfaces advise, which only read them. */
export function unusedErrorCodes(files: readonly SourceFile[], errors: SourceFile): string[] {
  const isReader = (path: string): boolean => path.startsWith("src/cli/") || path.startsWith("src/surfaces/");
  const used = new Set(
    files.filter(({ path }) => path !== errors.path && !isReader(path)).flatMap(({ strings }) => strings),
  );
  return errorCodesOf(errors).filter((code) => !used.has(code) && !throwsIn(errors, code));
}

/** The file that lists the codes names each once; one that it throws itself stands there twice. */
function throwsIn({ strings }: SourceFile, code: string): boolean {
  return strings.filter((text) => text === code).length > 1;
}

export interface EventFields {
  /** Field to whether it may be left out. */
  readonly fields: ReadonlyMap<string, boolean>;
}

/** Every event of `src/domain/events.ts` with its own fields, `type` left out. */
export function eventsOf({ code, strings }: SourceFile): Map<string, EventFields> {
  const events = new Map<string, EventFields>();
  for (const name of ["RunEvent", "StepEvent", "MessageEvent"]) {
    for (const member of membersOf(declarationOf(name, code))) {
      const fields = new Map<string, boolean>();
      for (const [, field, optional] of topLevel(member).matchAll(/\breadonly\s+(\w+)(\??)\s*:/g)) {
        if (field !== "type") fields.set(field!, optional === "?");
      }
      const types = /\btype\s*:([^;]*)/.exec(member)?.[1] ?? "";
      for (const [, number] of types.matchAll(/"(\d+)"/g)) events.set(strings[Number(number)]!, { fields });
    }
  }
  return events;
}

/** The types of every input of `src/domain/inputs.ts`. */
export function inputTypesOf({ code, strings }: SourceFile): string[] {
  const [, unions = ""] = declarationOf("Input", code).split("=");
  return unions
    .split("|")
    .flatMap((union) => membersOf(declarationOf(union.trim(), code)))
    .flatMap((member) => [...(/\btype\s*:([^;]*)/.exec(member)?.[1] ?? "").matchAll(/"(\d+)"/g)])
    .map(([, number]) => strings[Number(number)]!);
}

function stringsOfType(name: string, code: string, strings: readonly string[]): string[] {
  return [...declarationOf(name, code).matchAll(/"(\d+)"/g)].map(([, number]) => strings[Number(number)]!);
}

/** The text of a type alias, up to the semicolon that ends it. */
function declarationOf(name: string, code: string): string {
  const start = code.indexOf(`export type ${name} =`);
  if (start === -1) throw new Error(`the source declares no type ${name}`);
  let depth = 0;
  for (let at = start; at < code.length; at++) {
    if (code[at] === "{") depth++;
    if (code[at] === "}") depth--;
    if (code[at] === ";" && depth === 0) return code.slice(start, at);
  }
  throw new Error(`the type ${name} has no end`);
}

/** The object types of a union, each without its outer braces. */
function membersOf(union: string): string[] {
  const members: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < union.length; at++) {
    if (union[at] === "{" && depth++ === 0) start = at + 1;
    if (union[at] === "}" && --depth === 0) members.push(union.slice(start, at));
  }
  return members;
}

/** A text with everything in inner braces left out. */
function topLevel(text: string): string {
  let outer = "";
  let depth = 0;
  for (const character of text) {
    if (character === "{") depth++;
    if (depth === 0) outer += character;
    if (character === "}") depth--;
  }
  return outer;
}
