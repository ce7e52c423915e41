/** As much of a terminal as the live tree uses: lines, the cursor up, erasing below, wrapping, and breaking lines anew. */
export class TinyTerminal {
  columns: number;
  readonly rows: number;
  isCursorShown = true;
  #lines: string[] = [""];
  #row = 0;
  #column = 0;
  #isWrapping = true;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  write(text: string): void {
    // oxlint-disable-next-line no-control-regex -- they are what is read
    for (const [piece] of text.matchAll(/\u001b\[\?(?:7|25)[hl]|\u001b\[\d*[AJ]|[^]/g)) this.#take(piece);
  }

  /** Lines that are too long now are broken, and the cursor moves along, as most terminals do it. */
  resize(columns: number): void {
    this.columns = columns;
    const broken = this.#lines.map((line) => line.match(new RegExp(`.{1,${columns}}`, "g")) ?? [""]);
    this.#row = broken.slice(0, this.#row).flat().length;
    this.#lines = broken.flat();
  }

  shown(): string[] {
    const lines = this.#lines.map((line) => line.trimEnd());
    while (lines.at(-1) === "") lines.pop();
    return lines;
  }

  #take(piece: string): void {
    if (piece === "\u001b[?25h" || piece === "\u001b[?25l") this.isCursorShown = piece.endsWith("h");
    else if (piece === "\u001b[?7h" || piece === "\u001b[?7l") this.#isWrapping = piece.endsWith("h");
    else if (piece.endsWith("A") && piece.length > 1) this.#row = Math.max(0, this.#row - Number(piece.slice(2, -1)));
    else if (piece === "\u001b[J") this.#eraseBelow();
    else if (piece === "\r") this.#column = 0;
    else if (piece === "\n") this.#newLine();
    else this.#put(piece);
  }

  #eraseBelow(): void {
    this.#lines.length = this.#row + 1;
    this.#lines[this.#row] = (this.#lines[this.#row] ?? "").slice(0, this.#column);
  }

  #newLine(): void {
    this.#row++;
    this.#column = 0;
    this.#lines[this.#row] ??= "";
  }

  #put(character: string): void {
    if (this.#column >= this.columns) {
      if (this.#isWrapping) this.#newLine();
      else this.#column = this.columns - 1;
    }
    const line = (this.#lines[this.#row] ?? "").padEnd(this.#column);
    this.#lines[this.#row] = line.slice(0, this.#column) + character + line.slice(this.#column + 1);
    this.#column++;
  }
}
