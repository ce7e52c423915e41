/** Shorter texts cost less than naming where they stand. */
const sharedTextCharsMin = 32;
export function encodeCommit(commit) {
  const input = commit.input;
  const shared = [];
  for (const field of Object.keys(input)) {
    if (!isPayload(input[field]) || field === "__proto__") continue;
    const event = commit.events.findIndex((candidate) => candidate[field] === input[field]);
    if (event !== -1) shared.push([field, event]);
  }
  if (shared.length === 0) return JSON.stringify(commit);
  const lean = { ...input };
  for (const [field] of shared) lean[field] = 0;
  return JSON.stringify([{ ...commit, input: lean }, shared]);
}
/** @throws SyntaxError or TypeError for a text that {@link encodeCommit} did not make. */
export function decodeCommit(text) {
  const body = JSON.parse(text);
  if (!Array.isArray(body)) return body;
  const [commit, shared] = body;
  const input = commit.input;
  for (const [field, index] of shared) {
    const event = commit.events[index];
    input[field] = event[field];
  }
  return commit;
}
/** Equal strings cost a comparison of their characters at worst; objects are compared by identity alone. */
function isPayload(value) {
  return typeof value === "string" ? value.length >= sharedTextCharsMin : typeof value === "object" && value !== null;
}
