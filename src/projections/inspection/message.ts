/**
 * What the Stately inspector is told, in the shapes of `@statelyai/inspect`: three kinds of messages, of which each names its actor by
 * `sessionId`. All of it follows from recorded events: times are those of the events, and ids are made of positions.
 */
export type InspectionMessage = InspectedActor | InspectedEvent | InspectedSnapshot;

/** The version of `@statelyai/inspect` whose messages these are. */
export const inspectionVersion = "0.7.2";

interface OfActor {
  /** The run's actor, also in its own messages. */
  readonly rootId: string;
  readonly sessionId: string;
  /** Milliseconds since 1970 UTC, as text. */
  readonly createdAt: string;
  readonly id: string;
  readonly _version: string;
}

/** An actor is there from now on. */
export interface InspectedActor extends OfActor {
  readonly type: "@xstate.actor";
  readonly name: string;
  /** The machine's configuration as JSON. */
  readonly definition: string;
  readonly parentId: string | undefined;
  readonly snapshot: ActorSnapshot;
}

/** An actor is sent an event; of what sends it only other actors are named. */
export interface InspectedEvent extends OfActor {
  readonly type: "@xstate.event";
  readonly event: SignalShown;
  readonly sourceId: string | undefined;
}

/** What an actor is after an event. */
export interface InspectedSnapshot extends OfActor {
  readonly type: "@xstate.snapshot";
  readonly event: SignalShown;
  readonly snapshot: ActorSnapshot;
}

/** A signal as its machine takes it. `emits` names the event that the machine answered with, `position` its place in the journal. */
export interface SignalShown {
  readonly type: string;
  readonly emits: string;
  readonly position: number;
  readonly [field: string]: unknown;
}

/** As a live actor's snapshot becomes in JSON. */
export type ActorSnapshot = {
  readonly value: string;
  readonly context: Readonly<Record<string, unknown>>;
  readonly historyValue: Readonly<Record<string, never>>;
  readonly tags: string[];
  readonly children: Readonly<Record<string, never>>;
} & (
  | { readonly status: "active" | "stopped"; readonly output: undefined; readonly error: undefined }
  | { readonly status: "done"; readonly output: unknown; readonly error: undefined }
  | { readonly status: "error"; readonly output: undefined; readonly error: unknown }
);
