import type { ErrorAnswer } from "../../protocol.ts";

/** Why the server refuses an address; undefined where it does not answer, or does not refuse. Nothing of another answer is read. */
export async function refusalOf(address: string): Promise<ErrorAnswer | undefined> {
  const end = new AbortController();
  try {
    const response = await fetch(address, { signal: end.signal });
    if (response.ok) return undefined;
    const why: ErrorAnswer = await response.json();
    return why;
  } catch {
    return undefined;
  } finally {
    end.abort();
  }
}
