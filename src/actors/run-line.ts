import type { Command, Refusal } from "../domain/inputs.ts";
import type { MessageReceipt } from "../domain/message.ts";

export type SendCommand = Extract<Command, { type: "message.send" }>;

/** How a handle speaks to whoever writes its run: an actor of this process, or another process. */
export interface RunLine {
  cancel(reason: string, force: boolean): Promise<Refusal | undefined>;
  /** Resolves when it is known what became of the message. */
  message(command: SendCommand, signal: AbortSignal | undefined): Promise<MessageReceipt>;
}
