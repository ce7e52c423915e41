/** An option in words. One with `value` takes a value of that name. */
export interface OptionWords {
  readonly value?: string;
  readonly says: string;
}

/** All that is said about a command without loading it. */
export interface CommandWords {
  readonly summary: string;
  readonly positionals: readonly { readonly name: string; readonly isOptional?: true }[];
  readonly options: Readonly<Record<string, OptionWords>>;
  readonly details: string;
  readonly examples: readonly string[];
  /** Whether the work goes on when nobody reads the output any more. */
  readonly outlivesReader?: true;
}

export const commonOptions: Readonly<Record<string, OptionWords>> = {
  db: { value: "FILE", says: "the database of runs; artifacts are kept beside it (default .runfold/runs.db)" },
  json: { says: "print NDJSON for programs instead of text for people" },
  "no-color": { says: "print without colours, as NO_COLOR=1 does" },
  help: { says: "print this help" },
};

const run = { name: "RUN" } as const;
const afterCursor = { value: "CURSOR", says: "only what came after this place in the journal" } as const;

export const commandWords: Readonly<Record<string, CommandWords>> = {
  run: {
    summary: "start a run of a graph, or re-attach to the run of that id",
    positionals: [{ name: "GRAPH.json" }],
    options: {
      id: { value: "ID", says: "name the run; the same id again is the same run (default: a new unique id)" },
      detach: { says: "start it in the background, and return when it is in the journal" },
      root: { value: "DIR", says: "the directory that steps' working directories lie in (default: the current one)" },
      quiet: { says: "no progress, only the id at first and the summary at the end" },
    },
    details:
      "GRAPH.json is a file, or - for standard input. Ctrl-C once cancels the run and lets its steps end, twice ends them by force.\n" +
      "Exit code: 0 succeeded, 1 failed or mixed, 2 bad input, 3 canceled or expired.",
    examples: [
      "runfold run audit.json",
      "runfold run audit.json --id audit-42 --json",
      "runfold run audit.json --detach",
    ],
    outlivesReader: true,
  },
  runs: {
    summary: "list the runs of the database, oldest first",
    positionals: [],
    options: {},
    details: "A run that has not ended although its process is gone is marked.",
    examples: ["runfold runs", "runfold runs --json"],
  },
  status: {
    summary: "show a run and its steps, at once or when something happened",
    positionals: [run],
    options: {
      wait: { value: "SECONDS", says: "wait up to so long for something that matters, or for the end" },
      after: { ...afterCursor, says: "what happened since this cursor; with --wait, wait for what comes after it" },
      step: { value: "STEP", says: "look at, and wait for, this step alone" },
    },
    details: "A wait that ends without anything having happened is no error.",
    examples: [
      "runfold status audit-42",
      "runfold status audit-42 --wait 30 --json",
      "runfold status audit-42 --step report",
    ],
  },
  result: {
    summary: "print what a step gave",
    positionals: [run, { name: "STEP" }],
    options: {},
    details:
      "Prints the output of a step that succeeded; of a command, its stdout. Of any other step it says on stderr why there is none,\n" +
      "with what the step had written until then. Exit code: 0 succeeded, 1 otherwise; with --json always 0.",
    examples: ["runfold result audit-42 report", "runfold result audit-42 report --json"],
  },
  events: {
    summary: "print a run's events from its journal",
    positionals: [run],
    options: { after: afterCursor, follow: { says: "go on with those to come, until the run ends" } },
    details: "Exit code: 1 where --follow can hear no more because the run's process is gone.",
    examples: ["runfold events audit-42", "runfold events audit-42 --follow --json"],
  },
  notices: {
    summary: "list what a run told its subscribers, and who could not be told",
    positionals: [run],
    options: {},
    details:
      "Each notice with its reasons, and what became of it for each subscriber: delivered, undelivered or waiting.",
    examples: ["runfold notices audit-42", "runfold notices audit-42 --json"],
  },
  message: {
    summary: "say something to the agent of a running step, from any process",
    positionals: [run, { name: "STEP" }, { name: "TEXT" }],
    options: {
      channel: {
        value: "CHANNEL",
        says: "steer: during its work, before it thinks on; follow_up: when it would be done",
      },
      key: {
        value: "KEY",
        says: "name the message; the same key and text again is the same message, never a second one",
      },
    },
    details:
      "TEXT is the text itself, or - for standard input. Returns when it is known what became of the message, at most a minute later.\n" +
      "Exit code: 0 the agent's program took it, 1 it was denied or nobody can tell, 2 bad input, or unknown run or step.",
    examples: [
      'runfold message audit-42 review "Leave the tests alone." --channel steer',
      "runfold message audit-42 review - --channel follow_up --key note-1 --json",
    ],
  },
  cancel: {
    summary: "ask a run to end, from any process",
    positionals: [run],
    options: {
      reason: { value: "TEXT", says: "why, for the journal" },
      force: { says: "give its steps no time to end by themselves" },
    },
    details:
      "Returns when the run's process has taken the request up; it does not wait for the end.\n" +
      "Exit code: 0 taken up, 1 refused or nobody there to take it up, 2 unknown run.",
    examples: ["runfold cancel audit-42", 'runfold cancel audit-42 --reason "wrong branch" --force'],
  },
  cleanup: {
    summary: "delete a run that has ended, with its artifacts",
    positionals: [run],
    options: {},
    details: "Exit code: 0 deleted, 1 the run has not ended, 2 unknown run.",
    examples: ["runfold cleanup audit-42"],
  },
  resume: {
    summary: "go on with runs that were left unfinished, after a crash",
    positionals: [{ name: "RUN", isOptional: true }],
    options: {
      force: { says: "take RUN also from a process that lives; that process then loses it" },
      detach: { says: "go on with it in the background, and return when that is in the journal" },
      quiet: { says: "no progress, only the id at first and the summary at the end" },
    },
    details:
      "Without RUN: all unfinished runs that nobody writes any more, but for those that came from a file.\n" +
      "What was under way is begun again, or fails, as the graph says.\n" +
      "Ctrl-C as in run. Exit code: as of run; of several runs the worst: 1, then 2, then 3, then 0.",
    examples: ["runfold resume", "runfold resume audit-42", "runfold resume audit-42 --force --json"],
    outlivesReader: true,
  },
  replay: {
    summary: "show a run as it was",
    positionals: [run],
    options: { at: { value: "N", says: "as it was after its first N events (default: all positions, a line each)" } },
    details: "Positions are those that runfold events shows. Exit code: 2 for an unknown run or position.",
    examples: ["runfold replay audit-42", "runfold replay audit-42 --at 5 --json"],
  },
  verify: {
    summary: "decide all that happened to a run again, and compare",
    positionals: [{ name: "RUN", isOptional: true }],
    options: { all: { says: "every run of the database" } },
    details:
      "Exit code: 0 all as recorded, 4 something is decided otherwise today, 1 the journal is damaged, 2 unknown run.",
    examples: ["runfold verify audit-42", "runfold verify --all --json"],
  },
  fork: {
    summary: "start a new run with the past of another",
    positionals: [run],
    options: {
      at: { value: "N", says: "how many events of RUN are the past: up to the end of a commit" },
      id: { value: "ID", says: "name the new run (default: a new unique id)" },
      graph: { value: "GRAPH.json", says: "go on with an edited graph, the same as before in what had started" },
      detach: { says: "start it in the background, and return when it is in the journal" },
      quiet: { says: "no progress, only the id at first and the summary at the end" },
    },
    details:
      "Steps that had ended by then keep their outputs; the rest runs, in the same directories. RUN is not touched.\n" +
      "Ctrl-C and exit code: as of run; 1 also where the fork is refused.",
    examples: [
      "runfold fork audit-42 --at 12",
      "runfold fork audit-42 --at 12 --graph audit-edited.json --id audit-43",
    ],
    outlivesReader: true,
  },
  agents: {
    summary: "list the agent definitions that graphs can refer to",
    positionals: [{ name: "QUERY", isOptional: true }],
    options: {
      source: { value: "SOURCES", says: "package, user, project, separated by commas (default package,user)" },
      "allow-project": { says: "show the project's own, too; needed for --source project" },
      root: { value: "DIR", says: "the project (default: the current directory)" },
    },
    details: "With QUERY those that match, best first. What is wrong with a definition file is told on stderr.",
    examples: ["runfold agents", "runfold agents review", "runfold agents --source project --allow-project"],
  },
  graph: {
    summary: "check a graph and draw it",
    positionals: [{ name: "GRAPH.json", isOptional: true }],
    options: { format: { value: "FORMAT", says: "mermaid (default), svg, or json-schema, which needs no file" } },
    details:
      "GRAPH.json is a file, or - for standard input. Steps in needs are drawn solid, those in after dotted or dashed.",
    examples: [
      "runfold graph audit.json",
      "runfold graph audit.json --format svg",
      "runfold graph --format json-schema",
    ],
  },
  export: {
    summary: "write a run's whole journal as NDJSON, or as a page that shows it",
    positionals: [run],
    options: {
      html: { says: "write a page in one file: it shows the run in any browser, and asks no network for anything" },
      output: { value: "FILE", says: "write to a new file instead of stdout" },
      force: { says: "replace that file if there is one" },
    },
    details:
      "The first line is a header; then comes one line a commit, and one that marks the end. Hashes bind the lines together.\n" +
      "The bytes of artifacts are not in it. A page cannot be imported; texts of artifacts are in it as far as there is room.",
    examples: [
      "runfold export audit-42 --output audit-42.ndjson",
      "runfold export audit-42 --html --output audit-42.html",
    ],
  },
  import: {
    summary: "put a run that was exported into a database",
    positionals: [{ name: "FILE" }],
    options: {},
    details:
      "FILE is what runfold export wrote, or - for standard input. All of it is checked before anything is kept; what was changed,\n" +
      "cut off or damaged is refused, naming the line. A database that is not there is made.\n" +
      "Exit code: 0 imported, 2 the file is refused, or the database has a run of that id.",
    examples: ["runfold import audit-42.ndjson", "runfold import audit-42.ndjson --db other.db --json"],
  },
  view: {
    summary: "show the runs of the database in a browser, live and as they were",
    positionals: [{ name: "RUN", isOptional: true }],
    options: {
      port: { value: "N", says: "listen on this port of 127.0.0.1 (default: any that is free)" },
      open: { says: "open the page in the desktop's browser" },
    },
    details:
      "Prints the page's address, and serves it until Ctrl-C. The address has a secret in it: whoever has it sees and commands the runs.\n" +
      "Nobody but this machine is listened to. Runs are left alone: neither begun, nor taken over, nor ended with it.",
    examples: ["runfold view", "runfold view audit-42 --open", "runfold view --port 7000 --db /srv/runs.db"],
    outlivesReader: true,
  },
  inspect: {
    summary: "show a run in the Stately inspector, live or recorded",
    positionals: [run],
    options: {
      port: { value: "N", says: "listen on this port of 127.0.0.1 (default: one that is free)" },
      speed: { value: "X", says: "show what happened X times as fast as it did (default: at once)" },
      steps: { value: "WHICH", says: "all, active, failed or picked (default: all of a small graph, else active)" },
      pick: { value: "STEPS", says: "show these in any case, separated by commas" },
      max: { value: "N", says: "show at most so many steps; the others are counted (default 50)" },
      ui: { value: "URL", says: "the page that draws it (default https://stately.ai/inspect, which needs the net)" },
    },
    details:
      "Prints the address of a page with the inspector in it, and that of a WebSocket; both end with this command.\n" +
      "Whoever connects, late or again, is shown the run from its beginning. Only this machine can connect, and only who knows the address.",
    examples: [
      "runfold inspect audit-42",
      "runfold inspect audit-42 --speed 10 --steps failed",
      "runfold inspect audit-42 --json",
    ],
  },
  mcp: {
    summary: "serve the runs of the database to an agent, as an MCP server",
    positionals: [],
    options: {
      root: {
        value: "DIR",
        says: "the directory of graph files and of steps' working directories (default: the current one)",
      },
      "in-process": { says: "run what is started in this process, so that it ends with it" },
    },
    details:
      "Speaks the Model Context Protocol on standard input and output, until its client leaves. What goes wrong is told on stderr.\n" +
      "Each run that is started gets a process of its own and outlives the server, as with run --detach.",
    examples: ["runfold mcp", "runfold mcp --db /srv/runs.db --root /srv/work"],
    outlivesReader: true,
  },
  help: {
    summary: "explain runfold, or one of its commands",
    positionals: [{ name: "COMMAND", isOptional: true }],
    options: {},
    details: "",
    examples: ["runfold help run"],
  },
};
