/** A character has so many bytes at most as UTF-8, of which all but the first go on with it. */
const goingOnMax = 3;

/**
 * The first or last bytes, at most `bytesMax`. Of UTF-8 they are whole characters; of bytes that are no UTF-8 no more is lost than a
 * character would be.
 */
export function cutBytes(bytes: Uint8Array, bytesMax: number, keeps: "start" | "end"): Uint8Array {
  if (bytes.length <= bytesMax) return bytes;
  const edge = keeps === "start" ? bytesMax : bytes.length - bytesMax;
  const step = keeps === "start" ? -1 : 1;
  let at = edge;
  while (isGoingOn(bytes[at]) && Math.abs(at - edge) < goingOnMax) at += step;
  if (at < 0 || isGoingOn(bytes[at])) at = edge;
  return keeps === "start" ? bytes.subarray(0, at) : bytes.subarray(at);
}

/** A byte of the form 10xxxxxx goes on with a character that began before it. */
function isGoingOn(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
