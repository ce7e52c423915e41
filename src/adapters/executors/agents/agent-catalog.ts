import type { AgentDefinition, LibrarySource } from "../../../domain/agent.ts";
import type { AgentLibrary } from "./agent-definitions.ts";
import type { LibraryFinding } from "./agent-directory.ts";

export interface CatalogQuery {
  /** Default: the package alone. */
  readonly sources?: readonly LibrarySource[];
  /** Words to look for; without any, all agents are listed. */
  readonly query?: string;
  /** Whether agents of the project may be shown at all. Default: no. */
  readonly allowProject?: boolean;
}

export interface Catalog {
  /** Best match first; those of equal rank, and all where nothing was asked for, in the order of sources and files. */
  readonly agents: readonly CatalogRow[];
  readonly findings: readonly LibraryFinding[];
}

/** An agent as it is shown to choose from: what it is for and where it comes from, without its system prompt. */
export interface CatalogRow {
  readonly ref: string;
  readonly name: string;
  readonly description: string;
  readonly source: LibrarySource;
  readonly filePath: string;
  readonly sha256: string;
  readonly tools: readonly string[] | undefined;
  readonly model: string | undefined;
  readonly thinking: string | undefined;
  readonly tags: readonly string[];
  /** How well it matches the query; 0 where nothing was asked for. */
  readonly score: number;
}

/** Which agents there are for a project at `root`. Never rejects: what cannot be read is a finding. */
export async function agentCatalog(library: AgentLibrary, root: string, query: CatalogQuery = {}): Promise<Catalog> {
  const sources = new Set(query.sources ?? (["package"] as const));
  const isDenied = sources.has("project") && query.allowProject !== true;
  if (isDenied) sources.delete("project");
  const { definitions, findings } = await library.readAll(sources, root);
  const wanted = wordsOf(query.query ?? "");
  const isAll = (query.query ?? "").trim() === "";
  const rows = definitions.map((definition) =>
    rowOf(definition, isAll ? 0 : scoreOf(definition, query.query ?? "", wanted)),
  );
  return {
    agents: isAll ? rows : rows.filter(({ score }) => score > 0).toSorted((one, other) => other.score - one.score),
    findings: isDenied ? [...findings, projectDenied(root)] : findings,
  };
}

const stopWords: ReadonlySet<string> = new Set(
  "a an and are as at be by can do for from how in into is it me my need of on one or our some that the this to use want we what which who with you your".split(
    " ",
  ),
);

/** A name counts more than a tag, a tag more than any other field; the very phrase more than its words. */
const weights = { name: 8, tags: 4, other: 1 } as const;
const phraseFactor = 4;

function scoreOf(definition: AgentDefinition, query: string, words: readonly string[]): number {
  const { name, ref, tags = [], description, source, model = "", thinking = "", tools = [], system } = definition;
  const texts = {
    name: normalized(`${name} ${ref}`),
    tags: normalized(tags.join(" ")),
    other: normalized([description, source, model, thinking, ...tools, system].join(" ")),
  };
  const phrase = normalized(query);
  let score = 0;
  for (const field of ["name", "tags", "other"] as const) {
    const tokens = new Set(texts[field].split(" "));
    if (phrase !== "" && ` ${texts[field]} `.includes(` ${phrase} `)) score += phraseFactor * weights[field];
    for (const word of words) if (tokens.has(word)) score += weights[field];
  }
  return score;
}

function wordsOf(query: string): readonly string[] {
  return [...new Set(normalized(query).split(" "))].filter((word) => word !== "" && !stopWords.has(word));
}

function normalized(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

function rowOf(definition: AgentDefinition, score: number): CatalogRow {
  const { ref, name, description, source, filePath, sha256, tools, model, thinking, tags = [] } = definition;
  return { ref, name, description, source, filePath, sha256, tools, model, thinking, tags, score };
}

function projectDenied(root: string): LibraryFinding {
  return {
    code: "project-agents-denied",
    severity: "info",
    message: "Agents of the project are not listed, because the project was not said to be trusted.",
    source: "project",
    path: root,
  };
}
