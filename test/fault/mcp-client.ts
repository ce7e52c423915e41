import { Client, fromJsonSchema, type CallToolResult, type ClientOptions } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach } from "vitest";
import { commandLine } from "../support/built-command.ts";
import { jsonLines, workplaces, type Workplace } from "./cli-process.ts";

/** Both eras of the protocol, and a client that finds out which the server speaks. */
export const eras = {
  "2025-11-25": "legacy",
  "2026-07-28": { pin: "2026-07-28" },
  auto: "auto",
} as const;
export type Era = keyof typeof eras;
export const everyEra = Object.keys(eras) as readonly Era[];

export interface ConnectOptions {
  readonly era?: Era;
  /** After `mcp`. */
  readonly args?: readonly string[];
  /** What the user says when asked; without it the client cannot ask. */
  readonly user?: (message: string) => { readonly action: "accept" | "decline" | "cancel"; readonly confirm?: boolean };
}

export interface Answer {
  readonly isError: boolean;
  readonly text: string;
  /** The structured answer; of an error `{ error }`. */
  readonly data: Record<string, never>;
  readonly raw: CallToolResult;
}

/** A client of the official SDK with a server process of its own. */
export class Connection {
  readonly client: Client;
  readonly transport: StdioClientTransport;
  stderr = "";
  readonly #outputs = new Map<string, ReturnType<typeof fromJsonSchema>>();

  constructor(place: Workplace, { era = "2026-07-28", args = [], user }: ConnectOptions) {
    const options: ClientOptions = {
      versionNegotiation: { mode: eras[era] },
      capabilities: user === undefined ? {} : { elicitation: {} },
    };
    this.client = new Client({ name: "runfold-test", version: "1.0.0" }, options);
    if (user !== undefined) {
      this.client.setRequestHandler("elicitation/create", ({ params }) => {
        const { action, confirm } = user(params.message);
        return Promise.resolve({ action, ...(confirm === undefined ? {} : { content: { confirm } }) });
      });
    }
    const [command = "", ...rest] = commandLine;
    this.transport = new StdioClientTransport({
      command,
      args: [...rest, "mcp", ...args],
      cwd: place.directory,
      env: { PATH: process.env["PATH"] ?? "", HOME: place.directory, TMPDIR: tmpdir() },
      stderr: "pipe",
    });
    this.transport.stderr?.on("data", (text: Buffer) => {
      this.stderr += text.toString();
    });
  }

  async call(name: string, given: object, options: Parameters<Client["callTool"]>[1] = {}): Promise<Answer> {
    const raw = await this.client.callTool({ name, arguments: { ...given } }, options);
    await this.#holdAgainstSchema(name, raw);
    return answerOf(raw);
  }

  async connect(): Promise<void> {
    await this.client.connect(this.transport);
    const { tools } = await this.client.listTools();
    for (const { name, outputSchema } of tools) {
      this.#outputs.set(name, fromJsonSchema(outputSchema as Parameters<typeof fromJsonSchema>[0]));
    }
  }

  /** Of every answer; the client itself leaves out those that tell of an error. */
  async #holdAgainstSchema(name: string, { structuredContent }: CallToolResult): Promise<void> {
    const { issues } = (await this.#outputs.get(name)?.["~standard"].validate(structuredContent)) ?? {};
    if (issues === undefined) return;
    throw new Error(`${name} gave what its schema does not: ${JSON.stringify({ issues, structuredContent })}`);
  }

  /** Waits on from cursor to cursor until the run has ended; the last answer. */
  async untilEnd(runId: string, from?: string): Promise<Answer> {
    let cursor = from;
    for (;;) {
      const answer = await this.call("run_wait", {
        runId,
        timeoutSeconds: 50,
        ...(cursor === undefined ? {} : { cursor }),
      });
      const { run, wait } = answer.data as unknown as StatusData;
      if (answer.isError || run.isEnded) return answer;
      ({ cursor } = wait);
    }
  }

  async read(uri: string): Promise<{ readonly text?: string; readonly blob?: string; readonly _meta?: object }> {
    const { contents } = await this.client.readResource({ uri });
    return contents[0] as { readonly text: string };
  }
}

interface StatusData {
  readonly run: { readonly isEnded: boolean };
  readonly wait: { readonly cursor: string };
}

export function answerOf(raw: CallToolResult): Answer {
  const [first] = raw.content;
  return {
    isError: raw.isError === true,
    text: first?.type === "text" ? first.text : "",
    data: (raw.structuredContent ?? {}) as Record<string, never>,
    raw,
  };
}

/** Connections that end with their test. To be called after `placesWithRuns`, so that servers are gone before their places. */
export function connections(): (place: Workplace, options?: ConnectOptions) => Promise<Connection> {
  const open: Connection[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map(({ client }) => client.close()));
  });
  return async (place, options = {}) => {
    const connection = new Connection(place, options);
    open.push(connection);
    await connection.connect();
    return connection;
  };
}

/** Places whose runs end with their test, however it ends: they live in processes of their own. */
export function placesWithRuns(): () => Workplace {
  const workplace = workplaces();
  const open: Workplace[] = [];
  afterEach(async () => {
    for (const place of open.splice(0)) {
      if (!existsSync(place.path(".runfold/runs.db"))) continue;
      const { stdout } = await place.run(["runs", "--json"]);
      const alive = jsonLines(stdout).filter(({ owner }) => owner !== undefined);
      for (const { id } of alive) await place.run(["cancel", String(id), "--force"]);
    }
  });
  return () => {
    const place = workplace();
    open.push(place);
    return place;
  };
}

export function graphOf(steps: readonly object[]): object {
  return { name: "tried", objective: "Try the server.", steps };
}

/** A step that goes on until a file is there. */
export function until(id: string, file: string, rest: object = {}): object {
  return { id, shell: `echo begun; while [ ! -e ${file} ]; do sleep 0.05; done; echo done`, ...rest };
}
