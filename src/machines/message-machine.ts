import { setup } from "xstate";
import type { MessageEvent } from "../domain/events.ts";
import type { StepId } from "../domain/ids.ts";
import type { MessageChannel, MessageNumber } from "../domain/message.ts";

/** What every signal to a message names: the message, and the attempt that it is, or was, on its way to. */
interface Addressed {
  readonly message: MessageNumber;
  readonly step: StepId;
  readonly attempt: number;
}

/** What the kernel tells a message. */
export type MessageSignal =
  | (Addressed & {
      readonly type: "send" | "resend";
      readonly channel: MessageChannel;
      readonly text: string;
      readonly key: string | undefined;
    })
  | (Addressed & { readonly type: "accept" | "consume" })
  | (Addressed & {
      readonly type: "deny";
      readonly channel: MessageChannel;
      readonly reason: string;
      readonly key: string | undefined;
    })
  | (Addressed & { readonly type: "lose"; readonly reason: string });

type Signal<Type extends MessageSignal["type"]> = Extract<MessageSignal, { type: Type }>;

// A key that was not given is left out, so that an event is the same before and after its trip through JSON.
const keyOf = ({ key }: { readonly key: string | undefined }): { readonly key?: string } =>
  key === undefined ? {} : { key };

export const messageEventMakers = {
  sent: (signal: Signal<"send" | "resend">): MessageEvent => ({
    type: "message.sent",
    message: signal.message,
    step: signal.step,
    attempt: signal.attempt,
    channel: signal.channel,
    text: signal.text,
    ...keyOf(signal),
  }),
  accepted: ({ message, step, attempt }: Signal<"accept" | "consume">): MessageEvent => ({
    type: "message.accepted",
    message,
    step,
    attempt,
  }),
  consumed: ({ message, step, attempt }: Signal<"accept" | "consume">): MessageEvent => ({
    type: "message.consumed",
    message,
    step,
    attempt,
  }),
  denied: (signal: Signal<"deny">): MessageEvent => ({
    type: "message.denied",
    message: signal.message,
    step: signal.step,
    attempt: signal.attempt,
    channel: signal.channel,
    reason: signal.reason,
    ...keyOf(signal),
  }),
  unknown: ({ message, step, attempt, reason }: Signal<"lose">): MessageEvent => ({
    type: "message.unknown",
    message,
    step,
    attempt,
    reason,
  }),
};

const message = setup({ types: { events: {} as MessageSignal, emitted: {} as MessageEvent } });

/** An action is the emission of one event, made from the signal alone; actions do nothing else. */
const emits = <Type extends MessageSignal["type"]>(make: (signal: Signal<Type>) => MessageEvent) =>
  message.emit(({ event }) => make(event as Signal<Type>));

/**
 * One message to a step as a statechart. From `unknown` everything may still come, because an answer that is late is an answer.
 * `resend` is for an attempt whose process was lost: nobody knows what the lost one had read, so it is told again. A message that
 * was denied before it was sent goes straight from `unsent` to `denied`.
 */
export const messageMachine = message
  .extend({
    actions: {
      sent: emits(messageEventMakers.sent),
      accepted: emits(messageEventMakers.accepted),
      consumed: emits(messageEventMakers.consumed),
      denied: emits(messageEventMakers.denied),
      unknown: emits(messageEventMakers.unknown),
    },
  })
  .createMachine({
    id: "message",
    initial: "unsent",
    states: {
      unsent: {
        on: {
          send: { target: "sent", actions: "sent" },
          deny: { target: "denied", actions: "denied" },
        },
      },
      sent: {
        on: {
          resend: { target: "sent", actions: "sent" },
          accept: { target: "accepted", actions: "accepted" },
          consume: { target: "consumed", actions: "consumed" },
          deny: { target: "denied", actions: "denied" },
          lose: { target: "unknown", actions: "unknown" },
        },
      },
      accepted: {
        on: {
          resend: { target: "sent", actions: "sent" },
          consume: { target: "consumed", actions: "consumed" },
          deny: { target: "denied", actions: "denied" },
          lose: { target: "unknown", actions: "unknown" },
        },
      },
      unknown: {
        on: {
          accept: { target: "accepted", actions: "accepted" },
          consume: { target: "consumed", actions: "consumed" },
          deny: { target: "denied", actions: "denied" },
        },
      },
      consumed: {},
      denied: {},
    },
  });

export type MessagePhase = "unsent" | "sent" | "accepted" | "consumed" | "denied" | "unknown";
