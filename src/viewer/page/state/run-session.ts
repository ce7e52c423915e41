import { effect } from "@preact/signals";
import type { RunId } from "../../../domain/ids.ts";
import { isRunEnded } from "../../../domain/status.ts";
import { viewerPageLimits } from "../../../domain/viewer-page-limits.ts";
import type { ErrorAnswer, EventsMessage, OwnerMessage, RecordedRun, RestartMessage } from "../../protocol.ts";
import { Feed } from "../source/feed.ts";
import { RunModel } from "./run-model.ts";

/** A run that is shown, with what keeps it up to date. */
export interface RunSession {
  readonly model: RunModel;
  readonly recorded: RecordedRun | undefined;
  close(): void;
}

export function recordedSession(recorded: RecordedRun): RunSession {
  const model = new RunModel(recorded.id);
  model.connection.value = "recorded";
  model.take(recorded.events, recorded.summary.life);
  model.isCaughtUp.value = true;
  model.show();
  const { cutBecause } = recorded;
  if (cutBecause !== undefined) model.problem.value ??= { code: "viewer.cut", message: cutBecause, hint: "" };
  const stop = play(model);
  return { model, recorded, close: stop };
}

/** Follows a run from its first event, or from what the page has of it after a lost connection. */
export function liveSession(id: RunId): RunSession {
  const model = new RunModel(id);
  let frame: number | undefined;
  const show = (): void => {
    // One drawing for all that came since the last one.
    frame ??= requestAnimationFrame(() => {
      frame = undefined;
      model.show();
    });
  };
  const finish = (connection: "ended" | "gone"): void => {
    feed.close();
    model.show();
    model.connection.value = connection;
    model.isLeft.value = false;
    model.isCaughtUp.value = true;
  };
  const feed = new Feed({
    address: () => {
      const from = model.end === 0 ? "" : `?after=${model.end}&life=${encodeURIComponent(model.life)}`;
      return `./runs/${encodeURIComponent(id)}/events${from}`;
    },
    onState: (state) => {
      if (state === "closed") return;
      if (state === "open") {
        model.problem.value = undefined;
        // Whoever connects is told anew.
        model.isLeft.value = false;
      }
      if (state !== "open") model.connection.value = state;
      else if (model.end > 0) model.connection.value = "live";
    },
    onRefused: (why) => {
      model.problem.value = why;
      if (isFinal(why)) finish("gone");
    },
    on: {
      events: (data) => {
        const { events, life, isCaughtUp } = data as EventsMessage;
        const { hasGap } = model.take(events, life);
        if (hasGap) model.problem.value = gap;
        if (isCaughtUp) model.isCaughtUp.value = true;
        model.connection.value = "live";
        // The newest event may be old.
        model.clock.value ??= Date.now();
        // Of what comes while the past is still being read, only the end is of interest.
        if (model.isCaughtUp.peek()) show();
      },
      restart: (data) => model.restart((data as RestartMessage).life),
      owner: (data) => (model.isLeft.value = !(data as OwnerMessage).isLive),
      end: () => finish("ended"),
      gone: (data) => {
        model.problem.value = data as ErrorAnswer;
        finish("gone");
      },
    },
  });
  const stopPlaying = play(model);
  const clock = setInterval(() => {
    const run = model.frame.peek();
    const isConnected = model.connection.peek() === "live";
    if (isConnected && run !== undefined && !isRunEnded(run.status)) model.clock.value = Date.now();
  }, 1_000);
  const close = (): void => {
    clearInterval(clock);
    stopPlaying();
    feed.close();
    if (frame !== undefined) cancelAnimationFrame(frame);
  };
  return { model, recorded: undefined, close };
}

/** Asking again would change nothing: there is no such run. */
function isFinal({ code }: ErrorAnswer): boolean {
  return code === "run.unknown" || code === "run.cleaned" || code === "run.idInvalid";
}

const gap: ErrorAnswer = {
  code: "viewer.gap",
  message: "Some events did not arrive.",
  hint: "Reload the page.",
};

/** Goes from event to event while the model says that it plays, and stops at the newest. */
function play(model: RunModel): () => void {
  let timer: ReturnType<typeof setInterval> | undefined;
  const stop = effect(() => {
    clearInterval(timer);
    if (!model.isPlaying.value) return;
    timer = setInterval(() => {
      if (model.position.peek() >= model.head.peek()) model.isPlaying.value = false;
      else model.goBy(1);
    }, viewerPageLimits.viewerPlayStepMs);
  });
  return () => {
    clearInterval(timer);
    stop();
  };
}
