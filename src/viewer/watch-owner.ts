import { limits, type Clock, type Run, type Timer } from "../index.ts";
import type { EventStream } from "./event-stream.ts";
import type { OwnerMessage } from "./protocol.ts";

/** Tells a page when the process that writes a run is gone, and when another one goes on with it; until then the run is taken for live. */
export function watchOwner(run: Run, stream: EventStream, clock: Clock): void {
  let timer: Timer | undefined;
  let wasLive = true;
  const look = (): void => {
    if (stream.signal.aborted || run.snapshot().isEnded) return;
    const isLive = !run.isAbandoned();
    if (isLive !== wasLive) {
      wasLive = isLive;
      const message: OwnerMessage = { isLive };
      void stream.send("owner", JSON.stringify(message));
    }
    timer = clock.setTimer(clock.now() + limits.viewerOwnersLookMs, look, { isBackground: true });
  };
  stream.signal.addEventListener("abort", () => timer?.cancel(), { once: true });
  look();
}
