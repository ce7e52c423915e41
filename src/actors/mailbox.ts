import type { Event } from "../domain/events.ts";
import type { Input, Refusal } from "../domain/inputs.ts";

/** One input on its way to a run actor, with whoever waits for the answer. */
export interface Letter {
  /** Undefined for a mere look whether the run is still this actor's. */
  readonly input: Input | undefined;
  /** The number of the inbox message that it came from. */
  readonly inboxNumber?: number | undefined;
  readonly answer?: Answer;
}

export interface Answer {
  /** `events` are those that the input caused; none for a mere look, or where the run had ended before. */
  resolve(refusal: Refusal | undefined, events?: readonly Event[]): void;
  reject(error: unknown): void;
}

/** First in, first out. Commands are counted, because only they are not bounded by the graph. */
export class Mailbox {
  #letters: Letter[] = [];
  #taken = 0;
  #commands = 0;
  #cancels = 0;

  get isEmpty(): boolean {
    return this.#taken === this.#letters.length;
  }

  get commands(): number {
    return this.#commands;
  }

  get hasCancel(): boolean {
    return this.#cancels > 0;
  }

  put(letter: Letter): void {
    this.#letters.push(letter);
    if (letter.answer !== undefined) this.#commands++;
    if (letter.input?.type === "run.cancel") this.#cancels++;
  }

  take(most: number): readonly Letter[] {
    const letters = this.#letters.slice(this.#taken, this.#taken + most);
    this.#taken += letters.length;
    if (this.isEmpty) {
      this.#letters = [];
      this.#taken = 0;
    }
    for (const { input, answer } of letters) {
      if (answer !== undefined) this.#commands--;
      if (input?.type === "run.cancel") this.#cancels--;
    }
    return letters;
  }

  /** Empties the mailbox and answers whoever waits. */
  answerAll(give: (answer: Answer) => void): void {
    for (const { answer } of this.take(Number.POSITIVE_INFINITY)) if (answer !== undefined) give(answer);
  }
}
