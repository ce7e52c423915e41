import { limits } from "../../../domain/limits.ts";

/** The text of an agent's answer, which may come in many pieces. */
export class AnswerText {
  /** Whether there was more than the limit; the beginning is kept then. */
  isCut = false;
  private pieces: string[] = [];
  private chars = 0;

  get isEmpty(): boolean {
    return this.chars === 0;
  }

  add(piece: string): void {
    const kept = piece.slice(0, limits.headlessAnswerCharsMax - this.chars);
    if (kept.length < piece.length) this.isCut = true;
    if (kept === "") return;
    this.chars += kept.length;
    this.pieces.push(kept);
  }

  set(text: string): void {
    this.clear();
    this.add(text);
  }

  clear(): void {
    this.pieces = [];
    this.chars = 0;
    this.isCut = false;
  }

  toString(): string {
    // Joined once, so that asking again costs nothing.
    if (this.pieces.length > 1) this.pieces = [this.pieces.join("")];
    return this.pieces[0] ?? "";
  }
}
