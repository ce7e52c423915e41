import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach } from "vitest";

const places: string[] = [];

/** A fresh directory as its real path, with these files in it; removed after the test. */
export function placeWith(files: Readonly<Record<string, string>> = {}): string {
  const place = realpathSync(mkdtempSync(join(tmpdir(), "test-place-")));
  places.push(place);
  for (const [name, text] of Object.entries(files)) putFile(place, name, text);
  return place;
}

/** Writes a file below a place, with the directories on the way to it; gives its path. */
export function putFile(place: string, name: string, text: string): string {
  const path = join(place, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

afterEach(() => {
  for (const place of places.splice(0)) rmSync(place, { recursive: true, force: true });
});
