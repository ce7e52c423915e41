import type { RunId } from "../../../domain/ids.ts";
import type { CancelOrder, ErrorAnswer, MessageOrder, OrderAnswer } from "../../protocol.ts";

export function sendCancel(run: RunId, order: CancelOrder): Promise<OrderAnswer> {
  return send(`./runs/${encodeURIComponent(run)}/cancel`, order);
}

export function sendMessage(run: RunId, order: MessageOrder): Promise<OrderAnswer> {
  return send(`./runs/${encodeURIComponent(run)}/messages`, order);
}

/** The text of an artifact, or why there is none. */
export async function fetchArtifact(run: RunId, name: string): Promise<{ text: string } | { why: string }> {
  try {
    const response = await fetch(`./runs/${encodeURIComponent(run)}/artifacts/${encodeURIComponent(name)}`);
    return response.ok ? { text: await response.text() } : { why: await whyOf(response) };
  } catch {
    return { why: unreachable };
  }
}

const unreachable = "The viewer does not answer. Is it still running?";

async function send(address: string, order: CancelOrder | MessageOrder): Promise<OrderAnswer> {
  const headers = { "content-type": "application/json" };
  try {
    const response = await fetch(address, { method: "POST", headers, body: JSON.stringify(order) });
    if (!response.ok) return { outcome: "refused", why: await whyOf(response) };
    const answer: OrderAnswer = await response.json();
    return answer;
  } catch {
    return { outcome: "failed", why: unreachable };
  }
}

async function whyOf(response: Response): Promise<string> {
  try {
    const { message, hint }: ErrorAnswer = await response.json();
    return `${message} ${hint}`;
  } catch {
    return `The viewer answered with status ${response.status}.`;
  }
}
