const quote = 34;
const colon = 58;
const backslash = 92;

/** How many keys all objects of a valid JSON text have together: one for each colon outside of texts. */
export function countKeysInText(text: string): number {
  let keys = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === colon) keys += 1;
    else if (code === quote) at = endOfString(text, at);
  }
  return keys;
}

/** The offset of the quote that closes the text which opens at `start`: one with an even number of backslashes before it. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charCodeAt(before) === backslash) before -= 1;
    if ((end - before) % 2 === 1) return end;
  }
  return text.length;
}

/** How many keys all objects of a parsed value have together. Not recursive, so depth does not matter. */
export function countKeysInValue(value: unknown): number {
  let keys = 0;
  const open: object[] = [];
  const visit = (inner: unknown): void => {
    if (typeof inner === "object" && inner !== null) open.push(inner);
  };
  visit(value);
  for (let inner = open.pop(); inner !== undefined; inner = open.pop()) {
    if (Array.isArray(inner)) {
      for (const item of inner) visit(item);
      continue;
    }
    const values: unknown[] = Object.values(inner);
    keys += values.length;
    for (const item of values) visit(item);
  }
  return keys;
}
