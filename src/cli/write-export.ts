import { open as openFile, rename, unlink } from "node:fs/promises";
import { CommandError } from "./errors.ts";
import { exportTarget } from "./export-target.ts";
import { saidBy, systemCode } from "./system-error.ts";
import { quotedText } from "../domain/quoted-text.ts";
import { isRunfoldError } from "../index.ts";

export interface ExportPlace {
  readonly path: string;
  /** The database that is read, nothing of which may be replaced. */
  readonly database: string;
  readonly force: boolean;
}

/**
 * Writes a file that is whole or not there. A file that is to be replaced stays until the new one is on the disk.
 * @returns how many lines were written.
 * @throws CommandError where the file may not be written, or cannot be.
 */
export async function writeExport(place: ExportPlace, lines: AsyncIterable<string>): Promise<number> {
  const { path, force } = place;
  const target = await checked(place);
  const partial = force ? `${target}.${process.pid}.partial` : target;
  const file = await openFile(partial, "wx", 0o600).catch((error: unknown) => {
    throw unwritable(path, reasonOf(error));
  });
  let written = 0;
  try {
    for await (const line of lines) {
      await file.writeFile(`${line}\n`);
      written++;
    }
    await file.sync();
    await file.close();
    // What stands there may be another thing by now.
    if (force) await rename(partial, await checked(place));
    return written;
  } catch (error) {
    await file.close().catch(() => undefined);
    await unlink(partial).catch(() => undefined);
    // What the journal refuses is told in its own words.
    throw isRunfoldError(error) || error instanceof CommandError ? error : unwritable(path, reasonOf(error));
  }
}

async function checked({ path, database, force }: ExportPlace): Promise<string> {
  const checking = await exportTarget(path, database, force).catch((error: unknown) => ({ why: reasonOf(error) }));
  if ("why" in checking) throw unwritable(path, checking.why);
  return checking.target;
}

function reasonOf(error: unknown): string {
  const code = systemCode(error);
  if (code === "EEXIST") return "there is such a file already; --force replaces it";
  return code === "ENOENT" ? "its directory does not exist" : saidBy(error);
}

export function unwritable(path: string, why: string): CommandError {
  return new CommandError("export.unwritable", `The export ${quotedText(path)} cannot be written: ${why}.`);
}
