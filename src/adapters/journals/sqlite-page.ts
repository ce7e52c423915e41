import type { Position, RunId } from "../../domain/ids.ts";
import { type CommitRow, corrupt } from "./sqlite-rows.ts";
import type { SqliteValue } from "./sqlite-driver.ts";

/**
 * One page of a run, in one row: parameters run, after, limit.
 *
 * All bodies come as one BLOB, cut by their lengths. Asked for as texts, one that the disk made invalid UTF-8 would end the whole
 * process in a driver, before its checksum is looked at; asked for as a BLOB each, reading would take a third longer. For the same reason numbers are cast: a damaged row may hold a text there.
 *
 * `named` and `found` are read from the indexes alone, `runs` and `commits` from the tables: so it shows when a damaged index leads
 * to another run, or to another run's commit, which is sound in itself.
 */
export const pageQuery = `
  SELECT number, head, isNamed, group_concat(place), group_concat(ifnull(owner, 0)), group_concat(ifnull(crc32, 0)),
    group_concat(ifnull(octet_length(body), 0)), CAST(group_concat(ifnull(body, ''), '') AS BLOB)
  FROM (
    SELECT named.number AS number, CAST(runs.position AS INTEGER) AS head, runs.run = ?1 AS isNamed,
      CAST(found.position AS INTEGER) AS place, CAST(commits.run AS INTEGER) AS owner,
      CAST(commits.crc32 AS INTEGER) AS crc32, commits.body AS body
    FROM runs AS named LEFT JOIN runs ON runs.number = named.number
      LEFT JOIN commits AS found ON found.run = named.number AND found.position > ?2
      LEFT JOIN commits ON commits.rowid = found.rowid
    WHERE named.run = ?1 ORDER BY found.position LIMIT ?3
  )`;

export interface UnpackedPage {
  readonly life: number;
  readonly head: Position;
  readonly rows: readonly CommitRow[];
}

/**
 * The page as rows; undefined for an unknown run.
 *
 * @throws `journal.corrupt` where the indexes lead to what is not the run's.
 */
export function unpackPage(run: RunId, after: Position, row: readonly SqliteValue[]): UnpackedPage | undefined {
  const [number, head, isNamed, places, owners, checksums, lengths, bodies] = row;
  if (typeof number !== "number") return undefined;
  if (isNamed !== 1) throw misled(run);
  const page = { life: number, head: Number(head) };
  if (places === null) return { ...page, rows: [] };
  if (!(bodies instanceof Uint8Array)) throw corrupt(run, after, "the commits after it are no texts");
  const bytes = Buffer.from(bodies.buffer, bodies.byteOffset, bodies.byteLength);
  const [ownerOf, checksumOf, lengthOf] = [owners, checksums, lengths].map((list) => String(list).split(","));
  let start = 0;
  const rows = String(places)
    .split(",")
    .map((place, index): CommitRow => {
      const position = Number(place);
      if (Number(ownerOf![index]) !== number) throw corrupt(run, position, "another commit, or none, is in its place");
      const end = start + Number(lengthOf![index]);
      const body = bytes.subarray(start, end);
      start = end;
      return [position, Number(checksumOf![index]), body];
    });
  return { ...page, rows };
}

/** A damaged index leads to another run's row: it must never be taken for the run that was asked for. */
export function misled(run: RunId): Error {
  return corrupt(run, 0, "its name leads to another run");
}
