import { crc32 } from "node:zlib";
import { openLibsql } from "../../src/adapters/journals/sqlite-libsql.ts";
import type { Workplace } from "./cli-process.ts";

/**
 * Changes the text of one commit in the database of a workplace, which is excused from being proven then. With a checksum that
 * fits, as somebody would who knows how; or without, as a failing disk does. The database must hold one run alone.
 */
export function editCommit(
  place: Workplace,
  position: number,
  edit: (body: string) => string,
  checksum: "fits" | "is left",
): void {
  const name = ".runfold/runs.db";
  place.excuse(name);
  const driver = openLibsql(place.path(name), { readOnly: false });
  try {
    const [row] = driver.prepare(`SELECT body FROM commits WHERE position = ${position}`).rows();
    const before = String(row?.[0]);
    const after = edit(before);
    if (after === before) throw new Error(`The edit changed nothing in: ${before}`);
    const crc = checksum === "fits" ? `crc32 = ${crc32(after)}, ` : "";
    driver.exec(`UPDATE commits SET ${crc}body = '${after.replaceAll("'", "''")}' WHERE position = ${position}`);
  } finally {
    driver.close();
  }
}
