import { pointerFrom } from "../../domain/diagnostic.ts";
import type { DiagnosticList } from "../../domain/diagnostic-list.ts";
import { isRecord } from "../../domain/fields.ts";

/** What a graph gives its agents, as far as it can be read; undefined where it is broken, which is reported elsewhere. */
export interface Grants {
  readonly sources: ReadonlySet<unknown> | undefined;
  readonly allowsProjectCode: boolean | undefined;
  readonly allowsExtensionCode: boolean | undefined;
}

export function grantsOf(json: unknown): Grants {
  const authority = sectionOf(json, "authority");
  return {
    sources: sourcesOf(sectionOf(json, "library")),
    allowsProjectCode: flagOf(authority, "allowProjectCode"),
    allowsExtensionCode: flagOf(authority, "allowExtensionCode"),
  };
}

/** Adds a finding where definitions of the project are asked for without the authority to use them. */
export function collectLibraryFinding({ sources, allowsProjectCode }: Grants, findings: DiagnosticList): void {
  if (sources?.has("project") !== true || allowsProjectCode !== false) return;
  findings.add(() => ({
    code: "project-code-authority-required",
    severity: "error",
    message: '"library.sources" has "project", but "authority.allowProjectCode" is not true.',
    pointer: pointerFrom("library", "sources"),
    repair: projectRepair,
  }));
}

/** Agents of a project are instructions that someone else wrote, so it takes a word of the one who starts the graph. */
export const projectRepair =
  'If the project is trusted, write "authority": { "allowProjectCode": true }; else take agents from "package" or "user".';

function sectionOf(json: unknown, name: string): unknown {
  return isRecord(json) && Object.hasOwn(json, name) ? json[name] : undefined;
}

function sourcesOf(library: unknown): ReadonlySet<unknown> | undefined {
  if (library === undefined) return new Set(["package"]);
  if (!isRecord(library)) return undefined;
  const { sources } = library;
  if (sources === undefined) return new Set(["package"]);
  return Array.isArray(sources) ? new Set(sources) : undefined;
}

function flagOf(authority: unknown, name: string): boolean | undefined {
  if (authority === undefined) return false;
  if (!isRecord(authority)) return undefined;
  const flag = authority[name];
  return flag === undefined ? false : typeof flag === "boolean" ? flag : undefined;
}
