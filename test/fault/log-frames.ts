/** A log of SQLite as https://www.sqlite.org/fileformat2.html#walformat lays it down: where its frames and its commits end. */
export interface LogFrames {
  /** The offset after each frame; the first is that of the log's own header. */
  readonly ends: readonly number[];
  /** The offset after each frame that completes a commit. */
  readonly commitEnds: readonly number[];
}

export const headerBytes = 32;
export const frameHeaderBytes = 24;

export function framesOf(log: Buffer): LogFrames {
  const frameBytes = frameHeaderBytes + log.readUInt32BE(8);
  const ends = [headerBytes];
  const commitEnds: number[] = [];
  for (let start = headerBytes; start + frameBytes <= log.length; start += frameBytes) {
    ends.push(start + frameBytes);
    // A frame that completes a commit says how many pages the database then has; any other says 0.
    if (log.readUInt32BE(start + 4) > 0) commitEnds.push(start + frameBytes);
  }
  return { ends, commitEnds };
}
