import type { DefaultsOf } from "./agent-defaults.ts";
import { kindsWithIdentity } from "../domain/agent-kinds.ts";
import type { GraphDiagnostic } from "../domain/diagnostic.ts";
import type { Fields } from "../domain/fields.ts";
import { limits } from "../domain/limits.ts";
import { parseGraph, type Graph } from "../index.ts";
import { error, type TeamDiagnostic, warning } from "./team-diagnostic.ts";

export type TeamGraph =
  | { readonly graph: Graph; readonly diagnostics: readonly TeamDiagnostic[] }
  | { readonly graph: undefined; readonly diagnostics: readonly TeamDiagnostic[] };

/**
 * A graph of the tool's input as a graph that can be run, or everything that is wrong with it. `given` has passed the schema of the
 * input. `name` tells whose run it will be, `kind` which program runs its agents.
 */
export function teamGraph(
  given: Fields,
  options: unknown,
  { name, kind, defaultsOf }: { readonly name: string; readonly kind: string; readonly defaultsOf: DefaultsOf },
): TeamGraph {
  const steps = (given["steps"] as GivenStep[]).map((step) => stepOf(step, kind, defaultsOf(step.agent["ref"])));
  const parsed = parseGraph(documentOf({ ...given, steps }, options as StartOptionsInput | undefined, name));
  const diagnostics = [...parsed.diagnostics.map((finding) => teamDiagnostic(finding)), ...unidentified(given, kind)];
  return parsed.ok && diagnostics.every(({ severity }) => severity !== "error")
    ? { graph: parsed.graph, diagnostics }
    : { graph: undefined, diagnostics };
}

interface StartOptionsInput {
  readonly maxRunSeconds?: number;
  readonly terminalRetentionSeconds?: number;
  readonly notify?: Fields;
}

interface GivenStep extends Fields {
  readonly agent: Fields;
}

function documentOf(given: Fields, options: StartOptionsInput = {}, name: string): Fields {
  const { objective, library, authority, steps } = given;
  const { concurrency, timeoutSecondsPerStep } = (given["limits"] ?? {}) as Fields;
  const { maxRunSeconds, notify } = options;
  const { terminalRetentionSeconds: retentionSeconds = limits.toolRetentionSecondsDefault } = options;
  return present({
    name,
    objective: typeof objective === "string" ? objective.trim() : objective,
    library,
    authority,
    notify,
    limits: present({ concurrency, stepTimeoutSeconds: timeoutSecondsPerStep, maxRunSeconds, retentionSeconds }),
    steps,
  });
}

function stepOf(step: GivenStep, kind: string, { model, thinking }: ReturnType<DefaultsOf>): Fields {
  const { id, agent, task, mutationScope, needs, after, cwd } = step;
  return present({ id, agent: present({ kind, task, mutationScope, model, thinking, ...agent }), needs, after, cwd });
}

function present(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Agents of other kinds may be nobody in particular; a step of the tool says who it is, whatever runs it. */
function unidentified({ steps }: Fields, kind: string): TeamDiagnostic[] {
  if (kindsWithIdentity.includes(kind)) return [];
  return (steps as GivenStep[]).flatMap(({ agent }, index) => {
    if (agent["system"] !== undefined || agent["ref"] !== undefined) return [];
    const repair = "Write who the agent is into system, or name a definition of the catalog in ref.";
    const path = `/graph/steps/${index}/agent`;
    return [error("step-agent-invalid", 'The agent has neither "system" nor "ref".', { path, repair })];
  });
}

/** A finding about a graph as it is run, with its place in the input that the graph came from. */
export function teamDiagnostic({ code, severity, message, pointer, repair }: GraphDiagnostic): TeamDiagnostic {
  const make = severity === "error" ? error : warning;
  return make(code, message, { path: inputPointer(pointer), action: "start", repair });
}

const places: readonly (readonly [RegExp, string])[] = [
  [/^\/limits\/stepTimeoutSeconds/, "/graph/limits/timeoutSecondsPerStep"],
  [/^\/limits\/maxRunSeconds/, "/options/maxRunSeconds"],
  [/^\/limits\/retentionSeconds/, "/options/terminalRetentionSeconds"],
  [/^\/notify/, "/options/notify"],
  [/^(\/steps\/\d+)\/agent\/(task|mutationScope)/, "/graph$1/$2"],
  [/^\/name/, "/"],
];

function inputPointer(pointer: string): string {
  const place = places.find(([pattern]) => pattern.test(pointer));
  return place === undefined ? `/graph${pointer}` : pointer.replace(...place);
}
