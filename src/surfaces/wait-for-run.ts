import { isRunfoldError, type Run, type WaitOptions, type WaitReceipt } from "../index.ts";
import { untilAbandoned } from "./owner-state.ts";

/**
 * Waits as `run.wait` does, and gives up early where the run's process is gone, because nothing will happen any more: that is a
 * receipt like any other.
 * @throws as `run.wait`
 */
export async function waitUnlessAbandoned(run: Run, options: WaitOptions): Promise<WaitReceipt> {
  const stop = new AbortController();
  const giveUp = async (): Promise<void> => {
    await untilAbandoned(run, stop.signal);
    stop.abort();
  };
  void giveUp();
  const { signal } = options;
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  try {
    return await run.wait({ ...options, signal: either });
  } catch (error) {
    signal?.throwIfAborted();
    if (!stop.signal.aborted && !isRunfoldError(error, "run.abandoned")) throw error;
    return await run.wait({ ...options, timeoutMs: 0 });
  } finally {
    stop.abort();
  }
}
