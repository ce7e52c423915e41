/**
 * A short fingerprint of a text, 16 hexadecimal digits: two FNV-1a hashes (http://www.isthe.com/chongo/tech/comp/fnv/), the second
 * from another start. It finds mistakes and damage, not forgery.
 */
export function textHash(text: string): string {
  let first = 0x811c9dc5;
  let second = 0x9e3779b9;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    first = Math.imul(first ^ unit, 0x01000193);
    second = Math.imul(second ^ unit, 0x85ebca6b);
    second ^= second >>> 13;
  }
  return hex(first) + hex(second);
}

function hex(hash: number): string {
  return (hash >>> 0).toString(16).padStart(8, "0");
}
