import { statSync } from "node:fs";
import { quotedText } from "../domain/quoted-text.ts";
import { CommandError } from "./errors.ts";

/** @throws CommandError where `--root` is given and is no directory */
export function checkRoot(root: string | undefined): void {
  if (root === undefined) return;
  const found = statSync(root, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) return;
  const why = found === undefined ? "does not exist" : "is not a directory";
  throw new CommandError(
    "root.invalid",
    `The root ${quotedText(root)} ${why}. Name an existing directory with --root DIR.`,
  );
}
