import type { FrameLine } from "./live-frame.ts";

/** What a terminal is told: DEC private modes for the cursor and for wrapping, ECMA-48 for moving and erasing. */
const codes = {
  hideCursor: "\u001b[?25l",
  showCursor: "\u001b[?25h",
  wrapOff: "\u001b[?7l",
  wrapOn: "\u001b[?7h",
  eraseBelow: "\u001b[J",
  up: (lines: number) => (lines > 0 ? `\u001b[${lines}A` : ""),
} as const;

export interface Screen {
  write(text: string): unknown;
  readonly columns: number;
  readonly rows: number;
}

/**
 * Draws frames over one another at the foot of a terminal; texts in between go above the frame and stay. The cursor rests on
 * the line below the frame, so that whatever is typed or echoed is erased with the next one.
 */
export class LiveTree {
  readonly #screen: Screen;
  #frame: readonly FrameLine[] = [];
  #isHidden = false;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  draw(frame: readonly FrameLine[]): void {
    const hide = this.#isHidden ? "" : codes.hideCursor;
    this.#isHidden = true;
    // A width that was guessed wrong must cost the end of a line, not the place of all the others.
    const body = frame.map(({ text }) => `${text}\n`).join("");
    this.#screen.write(`${hide}${this.#erased()}${codes.wrapOff}${body}${codes.wrapOn}`);
    this.#frame = frame;
  }

  /** Puts a text above the frame. */
  print(text: string): void {
    const frame = this.#frame;
    this.#screen.write(`${this.#erased()}${text}\n`);
    this.#frame = [];
    if (frame.length > 0) this.draw(frame);
  }

  /** Leaves the last frame where it is, and the terminal as it was. */
  close(): void {
    if (this.#isHidden) this.#screen.write(codes.showCursor);
    this.#isHidden = false;
    this.#frame = [];
  }

  /** Lines that were drawn on a wider terminal take several now. */
  #erased(): string {
    const { columns, rows } = this.#screen;
    const lines = this.#frame.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.columns / columns)), 0);
    return `${codes.up(Math.min(lines, Math.max(0, rows - 1)))}\r${codes.eraseBelow}`;
  }
}
