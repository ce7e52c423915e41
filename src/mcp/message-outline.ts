const code = (character: string): number => character.charCodeAt(0);
const [quote, backslash] = [code('"'), code("\\")];
const opening: ReadonlySet<number> = new Set([code("{"), code("[")]);
const closing: ReadonlySet<number> = new Set([code("}"), code("]")]);
const passedOver = Buffer.from("null");
const outlineBytesMax = 4_096;

/**
 * The outermost members of a JSON-RPC message that is too long to be held, read piece by piece: what lies deeper is passed over, so
 * that an `id` in a graph is never taken for that of the request.
 */
export class MessageOutline {
  #bytes: number[] = [];
  #depth = 0;
  #isInString = false;
  #isEscaped = false;

  read(part: Uint8Array): void {
    for (const byte of part) this.#readByte(byte);
  }

  /** The id of the request that this is; undefined for anything else. */
  request(): string | number | undefined {
    if (this.#bytes.length > outlineBytesMax) return undefined;
    try {
      const { id, method } = JSON.parse(Buffer.from(this.#bytes).toString("utf8")) as Record<string, unknown>;
      const isRequest = typeof method === "string" && (typeof id === "string" || typeof id === "number");
      return isRequest ? id : undefined;
    } catch (error) {
      // Whoever sent it does not speak the protocol, and waits for nothing.
      if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
      throw error;
    }
  }

  #readByte(byte: number): void {
    if (this.#isInString) {
      this.#isInString = byte !== quote || this.#isEscaped;
      this.#isEscaped = byte === backslash && !this.#isEscaped;
    } else if (closing.has(byte)) {
      this.#depth--;
      // In place of all that was in it.
      if (this.#depth === 1) return passedOver.forEach((one) => this.#keep(one));
    } else if (opening.has(byte)) {
      this.#depth++;
    } else {
      this.#isInString = byte === quote;
    }
    if (this.#depth <= 1) this.#keep(byte);
  }

  #keep(byte: number): void {
    if (this.#bytes.length <= outlineBytesMax) this.#bytes.push(byte);
  }
}
