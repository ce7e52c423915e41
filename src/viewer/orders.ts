import type { Fields } from "../domain/fields.ts";
import { abandonedText } from "../surfaces/owner-state.ts";
import { requestCancel, takenUpWithinMs } from "../surfaces/request-cancel.ts";
import { isRunfoldError, type MessageReceipt, type Run } from "../index.ts";
import { errorAnswer, isForOperator } from "./error-answer.ts";
import { badRequest } from "./http-refusal.ts";
import type { CancelOrder, MessageOrder, OrderAnswer } from "./protocol.ts";

/** @throws HttpRefusal */
export function cancelOrder({ reason, isForced }: Fields): CancelOrder {
  if (typeof reason !== "string" || typeof isForced !== "boolean") throw badRequest("This is no order to cancel.");
  return { reason, isForced };
}

/** @throws HttpRefusal */
export function messageOrder({ step, channel, text, key }: Fields): MessageOrder {
  const areTexts = typeof step === "string" && typeof text === "string" && typeof key === "string";
  const isChannel = channel === "steer" || channel === "follow_up";
  if (!areTexts || !isChannel) throw badRequest("This is no message.");
  return { step, channel, text, key };
}

/** Asks a run to end, whoever writes it, as `runfold cancel` does. @throws what the journal fails with. */
export function cancelRun(run: Run, { reason, isForced }: CancelOrder): Promise<OrderAnswer> {
  return answered(async () => {
    const asked = await requestCancel(run, { force: isForced, reason: reason === "" ? undefined : reason });
    const { id, status, owner } = asked.now;
    switch (asked.outcome) {
      case "takenUp":
      case "asked":
        return { outcome: "taken" };
      case "ended":
        return { outcome: "refused", why: `Run ${id} has already ended: ${status}.` };
      case "endedMeanwhile":
        return { outcome: "refused", why: `Run ${id} ended by itself before it was asked to: ${status}.` };
      case "abandoned":
        return { outcome: "refused", why: abandonedText(asked.now) };
      case "refused":
        return { outcome: "refused", why: asked.message };
      case "unresponsive": {
        const why = `Process ${owner.pid} on ${owner.host} has not taken the request up within ${takenUpWithinMs / 1_000} s. It stays there for it.`;
        return { outcome: "failed", why };
      }
    }
  });
}

/** Says something to a step's agent, whoever writes the run, as `runfold message` does. @throws what the journal fails with. */
export function sendMessage(run: Run, { step, ...message }: MessageOrder, signal: AbortSignal): Promise<OrderAnswer> {
  return answered(async () => answerTo(await run.message(step, { ...message, signal })));
}

function answerTo({ status, reason }: MessageReceipt): OrderAnswer {
  if (status === "denied") return { outcome: "refused", why: reason ?? "It was denied." };
  if (status === "unknown") return { outcome: "failed", why: reason ?? "Nobody can tell whether it was delivered." };
  return { outcome: "taken" };
}

/** What is refused because of how things stand is an answer; what fails is an error. */
async function answered(order: () => Promise<OrderAnswer>): Promise<OrderAnswer> {
  try {
    return await order();
  } catch (error) {
    if (!isRunfoldError(error) || isForOperator(error)) throw error;
    const { message, hint } = errorAnswer(error);
    return { outcome: "refused", why: hint === "" ? message : `${message} ${hint}` };
  }
}
