/**
 * The law of folders: what each room of the source may import. A room is a folder that has walls; a folder that is not here
 * is an error. The same table stands in the design's chapter on the layout.
 */
export interface Room {
  /** Rooms whose modules it may import, beside its own. */
  readonly rooms: readonly string[];
  /** Packages it may import; `node:` stands for all modules of Node. */
  readonly packages: readonly string[];
  /** Single modules of other rooms that it may import, each for a reason. */
  readonly modules?: readonly string[];
  /** Rooms of which it may import types alone. */
  readonly types?: readonly string[];
  /** A word, and what to do instead. */
  readonly bannedWords?: readonly (readonly [RegExp, string])[];
}

const noClock = "take the time from the input, or from the clock port";
const noChance = "take chance from the input, or from the entropy port";
const noTimer = "arm a timer of the clock port";
const noPromise = "return a value: pure folders wait for nothing";
const noEnvironment = "have it passed in";

const impure = [
  [/\bDate\b/, noClock],
  [/\bperformance\b/, noClock],
  [/\bMath\s*\.\s*random\b/, noChance],
  // `const { random } = Math` and `Math["random"]` would get past the rule above.
  [/\bMath\b(?!\s*\.\s*\w)/, noChance],
  [/\bcrypto\b/, noChance],
  [/\bset(?:Timeout|Interval|Immediate)\b/, noTimer],
] as const;

const pure = [
  ...impure,
  [/\bprocess\b/, noEnvironment],
  [/\bglobalThis\b/, noEnvironment],
  [/\bimport\s*\.\s*meta\b/, noEnvironment],
  [/\bIntl\b|\btoLocale\w+\b/, "write it the same in every place: no locale"],
  [/\bqueueMicrotask\b/, noTimer],
  [/\bPromise\b/, noPromise],
  [/\basync\b/, noPromise],
  [/\bawait\b/, noPromise],
  [/\bimport\s*\(/, "import it at the top of the file"],
] as const;

const node = ["node:"];
const adapter: Room = { rooms: ["domain", "ports"], packages: node };

const agentProgram: Room = {
  rooms: ["domain", "ports", "adapters/executors/processes", "adapters/executors/agents"],
  packages: node,
};

export const rooms: Readonly<Record<string, Room>> = {
  domain: { rooms: [], packages: [], bannedWords: pure },
  machines: { rooms: ["domain"], packages: ["xstate"], bannedWords: pure },
  projections: { rooms: ["domain", "machines"], packages: ["immer", "rxjs"], bannedWords: pure },
  ports: { rooms: ["domain"], packages: [], bannedWords: impure },
  actors: { rooms: ["domain", "machines", "projections", "ports"], packages: ["rxjs"], bannedWords: impure },
  "adapters/archives": adapter,
  "adapters/artifacts": adapter,
  "adapters/clocks": adapter,
  "adapters/entropy": adapter,
  "adapters/executors": adapter,
  "adapters/executors/processes": adapter,
  "adapters/executors/headless": adapter,
  "adapters/executors/command": {
    rooms: ["domain", "ports", "adapters/executors/processes", "adapters/executors/headless"],
    packages: node,
  },
  // What all agent programs share; each program is a room of its own on top of it.
  "adapters/executors/agents": {
    rooms: ["domain", "ports", "adapters/executors/processes"],
    packages: ["yaml", ...node],
  },
  "adapters/executors/pi": agentProgram,
  "adapters/executors/acp": agentProgram,
  "adapters/graphs": { rooms: ["domain", "ports"], packages: ["valibot", "@dagrejs/dagre"] },
  // Files that callers name who may not read others: read below a directory alone.
  "adapters/graph-files": { rooms: ["domain"], packages: node },
  "adapters/journals": { rooms: ["domain", "ports"], packages: ["libsql", ...node] },
  "adapters/notices": adapter,
  // The API alone: whoever wants traces brings an SDK. Nothing else of the package imports this room, so that nobody loads it unasked.
  "adapters/observers/otel": { rooms: ["domain", "ports"], packages: ["@opentelemetry/api", ...node] },
  "adapters/owners": adapter,
  cli: {
    // The words of the domain cost nothing to load, so that help and mistakes are answered at once.
    rooms: ["domain", "surfaces"],
    packages: node,
    modules: [
      "src/index.ts",
      "src/agents.ts",
      "src/sqlite.ts",
      "src/mcp.ts",
      "src/viewer.ts",
      "src/inspect.ts",
      "src/export-run.ts",
      "src/import-run.ts",
      "src/actors/step-output.ts",
      "src/projections/activity.ts",
      "src/adapters/graphs/mermaid.ts",
      "src/adapters/graphs/svg.ts",
      "src/adapters/owners/process-owner.ts",
    ],
  },
  // What several surfaces tell of a run, ask of it and advise, so that they do it in the same shapes and words.
  surfaces: {
    rooms: ["domain"],
    packages: node,
    modules: ["src/index.ts", "src/projections/activity.ts", "src/adapters/owners/process-owner.ts"],
  },
  // Like the command it stands on the public surface.
  mcp: {
    rooms: ["domain", "surfaces"],
    packages: ["@modelcontextprotocol/server", ...node],
    modules: ["src/index.ts", "src/adapters/graph-files/read-graph-file.ts"],
  },
  // As the command line: a caller of the public surface. What it tells of agents beyond that stands in modules without a state.
  tool: {
    rooms: ["domain", "surfaces"],
    packages: node,
    modules: [
      "src/index.ts",
      "src/adapters/executors/agents/agent-catalog.ts",
      "src/adapters/executors/agents/agent-definitions.ts",
      "src/adapters/executors/agents/built-in-tools.ts",
      "src/adapters/executors/agents/markers.ts",
      "src/adapters/executors/agents/tool-profile.ts",
      "src/adapters/graph-files/read-graph-file.ts",
    ],
  },
  // Shows what the projections make of a run's commits, over the public surface.
  inspect: {
    rooms: ["domain", "ports", "projections"],
    packages: ["ws", ...node],
    modules: ["src/index.ts", "src/adapters/clocks/system-clock.ts"],
  },
  // A runtime's run as an actor of the user's own machines. XState itself is the user's: types alone are taken from it.
  xstate: { rooms: ["domain"], packages: ["xstate", ...node], modules: ["src/index.ts"] },
  // A caller of the public surface, as the command; the page it serves is a program of its own, for browsers.
  viewer: {
    rooms: ["domain", "surfaces"],
    packages: node,
    modules: ["src/index.ts"],
    types: ["projections"],
  },
  // The page is a program for browsers: what it shows it folds itself, with the library's own projections, and it has nothing of Node.
  "viewer/page": {
    rooms: ["domain", "projections"],
    packages: ["preact", "@preact/signals", "@tanstack/virtual-core", "d3-dag"],
    types: ["viewer"],
  },
  // The entry points wire everything to everything.
  entry: { rooms: ["*"], packages: node },
};

/** The room of a source file, or undefined where there is none. */
export function roomOf(path: string): string | undefined {
  const folders = path.split("/").slice(1, -1);
  if (path.split("/")[0] !== "src") return undefined;
  if (folders.length === 0) return "entry";
  // The innermost room: `adapters/executors/command` before `adapters/executors`.
  for (let depth = folders.length; depth > 0; depth--) {
    const name = folders.slice(0, depth).join("/");
    if (Object.hasOwn(rooms, name)) return name;
    // A new folder of adapters is a new room, not a part of another one.
    if (folders[0] === "adapters" && depth <= 2) return undefined;
  }
  return undefined;
}
