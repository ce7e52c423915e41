import { readFileSync } from "node:fs";
import { isRecord, type Fields } from "../../../src/domain/fields.ts";
import { FakeChild } from "./fake-child.ts";

interface RecordedLine {
  readonly dir: "in" | "out" | "err" | "exit";
  readonly record: Fields;
}

/** One recorded session of an agent. */
export class Recording {
  readonly lines: readonly RecordedLine[];

  constructor(agent: string) {
    const file = new URL(`../../recordings/acp/${agent}.jsonl`, import.meta.url);
    const rows = readFileSync(file, "utf8").trimEnd().split("\n");
    this.lines = rows.flatMap((row) => {
      const { dir, line }: { dir: RecordedLine["dir"]; line: string } = JSON.parse(row);
      return dir === "in" || dir === "out" ? [{ dir, record: JSON.parse(line) as Fields }] : [];
    });
  }

  /** The ids of its prompts, in order. */
  get prompts(): readonly number[] {
    return this.lines.flatMap(({ dir, record }) =>
      dir === "in" && record["method"] === "session/prompt" ? [Number(record["id"])] : [],
    );
  }

  /** What was recorded from a request until its answer, both left out; and the answer. */
  requestOf(id: number): { readonly between: readonly RecordedLine[]; readonly answer: Fields } {
    const from = this.lines.findIndex(({ dir, record }) => dir === "in" && record["id"] === id && "method" in record);
    const to = this.lines.findIndex(
      ({ dir, record }, index) => index > from && dir === "out" && record["id"] === id && !("method" in record),
    );
    const answer = this.lines[to]?.record;
    if (from < 0 || answer === undefined) throw new Error(`Nothing was recorded of the request ${id}.`);
    return { between: this.lines.slice(from + 1, to), answer };
  }

  idOf(method: string): number | undefined {
    const line = this.lines.find(({ dir, record }) => dir === "in" && record["method"] === method);
    return line === undefined ? undefined : Number(line.record["id"]);
  }
}

/** Plays an agent as it was recorded: our requests get the recorded answers, and its own requests wait for ours. */
export class RecordedAgent extends FakeChild {
  /** Called where the recorded client cancelled the turn. */
  onCancelPoint: () => void = () => undefined;
  readonly #recording: Recording;
  readonly #prompts: number[];
  #wake: (() => void) | undefined;
  #isCancelled = false;
  readonly #answered = new Set<unknown>();

  /** `prompts`: the recorded ids of the prompts that the conversation will send, in order. */
  constructor(recording: Recording, prompts: readonly number[]) {
    super();
    this.#recording = recording;
    this.#prompts = [...prompts];
    this.onSent = (record) => void this.#receive(record);
  }

  async #receive(record: Fields): Promise<void> {
    const { id, method } = record;
    if (method === undefined) this.#answered.add(id);
    if (method === "session/cancel") this.#isCancelled = true;
    this.#wake?.();
    if (typeof method !== "string" || id === undefined) return;
    const recordedId = method === "session/prompt" ? this.#prompts.shift() : this.#recording.idOf(method);
    if (recordedId === undefined) throw new Error(`Nothing was recorded of ${method}.`);
    const { between, answer } = this.#recording.requestOf(recordedId);
    await Promise.resolve();
    if (method === "session/prompt") await this.#play(between);
    this.write({ ...answer, id });
  }

  async #play(lines: readonly RecordedLine[]): Promise<void> {
    for (const { dir, record } of lines) {
      if (dir === "in" && record["method"] === "session/cancel") {
        this.onCancelPoint();
        await this.#until(() => this.#isCancelled);
      } else if (dir === "out") {
        this.write(record);
        if (isRecord(record) && "method" in record && "id" in record) {
          await this.#until(() => this.#answered.delete(record["id"]));
        }
      }
    }
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
