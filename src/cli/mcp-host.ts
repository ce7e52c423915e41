import { statSync } from "node:fs";
import { resolve } from "node:path";
import { begunRun, noteOn } from "./begun-run.ts";
import { askBackground } from "./background-parent.ts";
import { agentsHere } from "./agents-here.ts";
import { artifactsBeside } from "./open-journal.ts";
import { isRunfoldError, openRuntime, type Runtime } from "../index.ts";
import { sqliteJournal } from "../sqlite.ts";
import type { HostedRuns, McpHost } from "../mcp.ts";

export interface DatabaseHostOptions {
  readonly db: string;
  readonly root: string;
  /** Whether runs live in this process, and end with it; otherwise each has a process of its own, which outlives this one. */
  readonly isInProcess: boolean;
  readonly tell: (text: string) => void;
}

interface OpenDatabase extends HostedRuns {
  /** Which file it is: another one may take its name. */
  readonly file: string;
}

/**
 * The runs of a database file for an MCP server. The file is opened when somebody asks for it, and anew where another one has taken
 * its place; only a start makes one.
 */
export class DatabaseHost implements McpHost, AsyncDisposable {
  readonly root: string;
  readonly #path: string;
  readonly #options: DatabaseHostOptions;
  #open: Promise<OpenDatabase> | undefined;

  constructor(options: DatabaseHostOptions) {
    this.#options = options;
    this.#path = resolve(options.db);
    this.root = resolve(options.root);
  }

  async runs(): Promise<HostedRuns | undefined> {
    const file = fileAt(this.#path);
    const open = await this.#open;
    if (open !== undefined && open.file === file) return open;
    // Where the file is gone while runs of this process write it, they tell so themselves.
    if (open !== undefined && !this.#options.isInProcess) await this.#close();
    return file === undefined ? undefined : await this.#opened();
  }

  async start(graph: Parameters<McpHost["start"]>[0], id: string | undefined) {
    if (this.#options.isInProcess) return await this.#startHere(graph, id);
    const { document } = graph;
    const { runs } = await askBackground({ asks: "start", document, id, db: this.#path, root: this.root });
    const [begun] = runs;
    if (begun === undefined) throw new Error("The background process has begun nothing.");
    return { run: begun.run, note: begun.note };
  }

  async #startHere(graph: Parameters<McpHost["start"]>[0], id: string | undefined) {
    const { runtime } = await this.#opened();
    const before = id === undefined ? undefined : (await runtime.get(id))?.snapshot();
    const run = await runtime.start(graph, id === undefined ? {} : { id });
    return { run: run.id, note: noteOn(begunRun(run, before), false) };
  }

  readonly onProblem = (error: unknown): void => {
    this.#options.tell(error instanceof Error ? String(error.stack) : String(error));
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }

  async #close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    // One that could not be opened has nothing to close, and was told of.
    const runtime = await open?.then((one) => one.runtime).catch(() => undefined);
    await runtime?.close();
  }

  async #opened(): Promise<OpenDatabase> {
    this.#open ??= this.#openNow();
    try {
      return await this.#open;
    } catch (error) {
      this.#open = undefined;
      throw error;
    }
  }

  async #openNow(): Promise<OpenDatabase> {
    const artifacts = artifactsBeside(this.#path);
    const runtime = await this.#runtimeFor();
    return { runtime, artifacts, file: fileAt(this.#path) ?? "" };
  }

  /** What cannot be written can be read all the same. */
  async #runtimeFor(): Promise<Runtime> {
    try {
      return await this.#runtimeWith(false);
    } catch (error) {
      if (!isRunfoldError(error, "journal.readOnly")) throw error;
      return await this.#runtimeWith(true);
    }
  }

  #runtimeWith(readOnly: boolean): Promise<Runtime> {
    return openRuntime({
      journal: sqliteJournal(this.#path, { readOnly }),
      artifacts: artifactsBeside(this.#path),
      recover: false,
      agents: agentsHere(process.env),
      root: this.root,
      onDiagnostic: ({ code, message }) => this.#options.tell(`${code}: ${message}`),
    });
  }
}

function fileAt(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.dev}:${found.ino}`;
}
