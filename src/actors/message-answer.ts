import type { RunfoldError } from "../domain/errors.ts";
import type { MessageNumber, MessageReceipt } from "../domain/message.ts";
import { receiptOf } from "../projections/messages.ts";
import type { MessageEntry } from "../projections/messages.ts";
import { onAbort } from "../ports/on-abort.ts";
import type { RunStream } from "./run-stream.ts";
import type { SendCommand } from "./run-line.ts";

/**
 * Resolves once it is known what became of a message: the agent's program took it or did not, or its attempt ended.
 * @throws the signal's reason; what stopped the run before its end.
 */
export function answerTo(
  stream: RunStream,
  message: MessageNumber,
  signal: AbortSignal | undefined,
): Promise<MessageEntry> {
  return new Promise((resolve, reject) => {
    const stops: (() => void)[] = [];
    const finish = (end: () => void): void => {
      for (const stop of stops) stop();
      end();
    };
    const answer = (): MessageEntry | undefined => {
      const entry = stream.messages.get(message);
      return entry?.status === "sent" ? undefined : entry;
    };
    const stopped = (error: RunfoldError): void => finish(() => reject(error));
    const entry = answer();
    if (entry !== undefined) return resolve(entry);
    if (stream.failure !== undefined) return stopped(stream.failure);
    if (signal?.aborted === true) return finish(() => reject(reasonOf(signal)));
    stops.push(
      stream.senders.add(message, () => finish(() => resolve(answer()!))),
      stream.onStop(stopped),
      ...(signal === undefined ? [] : [onAbort(signal, () => finish(() => reject(reasonOf(signal))))]),
    );
  });
}

/** Of a message that left no event: the run had ended, or takes down no more. */
export function unrecorded({ step, channel, key }: SendCommand, reason: string): MessageReceipt {
  return { step, channel, key, message: undefined, status: "denied", reason, isReused: false };
}

/** What became of a message that was sent before with this key, if it said just the same. */
export function known({ messages }: RunStream, { step, key, channel, text }: SendCommand): MessageEntry | undefined {
  const found = key === undefined ? undefined : messages.find(step, key, channel, text);
  return found?.isSame === true ? found.entry : undefined;
}

export async function answered(
  stream: RunStream,
  entry: Pick<MessageEntry, "message">,
  isReused: boolean,
  signal: AbortSignal | undefined,
): Promise<MessageReceipt> {
  return receiptOf(await answerTo(stream, entry.message, signal), isReused);
}

function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new Error(String(reason));
}
