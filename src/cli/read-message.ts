import { isUtf8 } from "node:buffer";
import { CommandError } from "./errors.ts";
import { limits } from "../index.ts";

const bytesPerCharMax = 3;

/**
 * The text of a message as it was given, or standard input for `-`, without its last line break. Nothing is read beyond what a
 * message may have.
 * @throws CommandError
 */
export async function readMessage(given: string): Promise<string> {
  if (given !== "-") return given;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const piece of process.stdin as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > limits.textCharsMax * bytesPerCharMax + 2) {
      throw new CommandError(
        "message.invalid",
        `Standard input goes on; a message has at most ${limits.textCharsMax} characters.`,
      );
    }
    chunks.push(piece);
  }
  const all = Buffer.concat(chunks);
  if (!isUtf8(all)) throw new CommandError("message.invalid", "Standard input is not UTF-8 text.");
  return all.toString("utf8").replace(/\r?\n$/, "");
}
