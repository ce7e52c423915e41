import { AgentLibrary } from "../adapters/executors/agents/agent-definitions.ts";
import type { AgentDefinition } from "../domain/agent.ts";
import type { Fields } from "../domain/fields.ts";
import type { LibrarySource } from "../index.ts";
import type { AgentDefaults, ToolParts } from "./tool-host.ts";

/** What a step runs with that its graph does not say, by the definition that it names, if it does. */
export type DefaultsOf = (ref: unknown) => AgentDefaults;

/**
 * What each agent of a graph runs with, captured as a run starts: what the host says now, except where a definition says itself what it
 * wants. Of the definitions only those are read that the graph may name.
 */
export async function defaultsFor({ host, root }: ToolParts, graph: Fields, given: AgentDefaults): Promise<DefaultsOf> {
  const { model, thinking } = given;
  const refs = refsOf(graph);
  if (refs.size === 0 || (model === undefined && thinking === undefined)) return () => ({ model, thinking });
  const { definitions } = await new AgentLibrary(host.agents?.library).readAll(sourcesOf(graph), root);
  const named = new Map<unknown, AgentDefinition>(definitions.map((definition) => [definition.ref, definition]));
  return (ref) => {
    if (ref === undefined) return { model, thinking };
    const definition = named.get(ref);
    return {
      model: definition?.model === undefined ? model : undefined,
      thinking: definition?.thinking === undefined ? thinking : undefined,
    };
  };
}

function refsOf({ steps }: Fields): ReadonlySet<unknown> {
  const refs = (steps as { readonly agent: Fields }[]).map(({ agent }) => agent["ref"]);
  return new Set(refs.filter((ref) => ref !== undefined));
}

function sourcesOf({ library, authority }: Fields): LibrarySource[] {
  const { sources = ["package"] } = (library ?? {}) as { readonly sources?: readonly LibrarySource[] };
  const { allowProjectCode } = (authority ?? {}) as Fields;
  return sources.filter((source) => source !== "project" || allowProjectCode === true);
}
