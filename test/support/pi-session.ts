import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { StringDecoder } from "node:string_decoder";
import { onTestFinished } from "vitest";
import type { PiPlace } from "./pi-place.ts";
import type { RealPi } from "./real-pi.ts";

export type PiRecord = Readonly<Record<string, unknown>>;

const flags =
  "--mode rpc --no-session --no-extensions --no-skills --no-prompt-templates --no-themes --no-context-files --offline --provider fake --model fake-1";

/** What a pi of a place finds in its environment. */
export function piEnvironment({ directory, agentDirectory, temporary }: PiPlace): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: directory,
    PI_CODING_AGENT_DIR: agentDirectory,
    TMPDIR: temporary,
    PI_OFFLINE: "1",
    PI_TELEMETRY: "0",
    PI_SKIP_VERSION_CHECK: "1",
  };
}

/**
 * The least that speaks with a pi: it writes records and keeps those that come. Nothing of the project's own is in between, so that
 * it shows what a pi and the model server make of each other.
 */
export class PiSession {
  readonly records: PiRecord[] = [];
  readonly exited: Promise<number | null>;
  stderr = "";
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting = new Set<() => void>();
  #hasEnded = false;
  #commands = 0;

  constructor(
    { launcher: [node, program] }: RealPi,
    place: PiPlace,
    moreFlags: readonly string[] = [],
    leftOut: readonly string[] = [],
  ) {
    const given = [...flags.split(" ").filter((flag) => !leftOut.includes(flag)), ...moreFlags];
    this.#child = spawn(node, [program, ...given], { cwd: place.workspace, env: piEnvironment(place) });
    this.#child.stdin.on("error", () => undefined);
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    this.#readRecords();
    this.exited = new Promise((resolve) => {
      this.#child.on("close", (code) => {
        this.#hasEnded = true;
        this.#look();
        resolve(code);
      });
    });
    onTestFinished(async () => {
      this.#child.kill("SIGKILL");
      await this.exited;
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Answers a question of pi's user interface. */
  tell(record: PiRecord): void {
    this.#child.stdin.write(`${JSON.stringify(record)}\n`);
  }

  /** Sends a command, and resolves with the answer. */
  async ask(command: PiRecord): Promise<PiRecord> {
    const id = `c${++this.#commands}`;
    this.#child.stdin.write(`${JSON.stringify({ ...command, id })}\n`);
    return await this.until((record) => record["type"] === "response" && record["id"] === id);
  }

  /** The first record of this kind at or after a place among the records. */
  async until(holds: (record: PiRecord) => boolean, from = 0): Promise<PiRecord> {
    let next = from;
    return await new Promise((resolve, reject) => {
      const look = (): void => {
        while (next < this.records.length) {
          const record = this.records[next++]!;
          if (!holds(record)) continue;
          this.#waiting.delete(look);
          resolve(record);
          return;
        }
        if (this.#hasEnded) reject(new Error(`It ended without that record. It said: ${this.stderr}`));
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** The first event of a type from a place among the records. */
  event(type: string, from = 0): Promise<PiRecord> {
    return this.until((record) => record["type"] === type, from);
  }

  /** Ends its input, and resolves with its exit code. */
  async leave(): Promise<number | null> {
    this.#child.stdin.end();
    return await this.exited;
  }

  /** What the assistant said in the messages that have ended: their texts, and why they stopped. */
  answers(): { text: string; stop: unknown; error: unknown }[] {
    return this.records.flatMap((record) => {
      const message = record["message"] as PiRecord | undefined;
      if (record["type"] !== "message_end" || message?.["role"] !== "assistant") return [];
      const content = message["content"] as readonly { text?: string }[];
      const text = content.map((part) => part.text ?? "").join("");
      return [{ text, stop: message["stopReason"], error: message["errorMessage"] }];
    });
  }

  #readRecords(): void {
    const decoder = new StringDecoder("utf8");
    let rest = "";
    this.#child.stdout.on("data", (bytes: Buffer) => {
      const lines = (rest + decoder.write(bytes)).split("\n");
      rest = lines.pop()!;
      for (const line of lines) this.records.push(JSON.parse(line) as PiRecord);
      this.#look();
    });
  }

  #look(): void {
    for (const look of this.#waiting) look();
  }
}
