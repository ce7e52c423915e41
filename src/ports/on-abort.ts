/** Those who listen to one signal, and the one function by which it is told to all of them. */
interface Audience {
  readonly listeners: Set<() => void>;
  readonly tell: () => void;
}

const audiences = new WeakMap<AbortSignal, Audience>();

/**
 * Calls `listener` once when `signal` aborts; never for one that has aborted already. Returns how to listen no longer, which may be
 * called more than once.
 *
 * However many listen to a signal, it has one listener: hundreds of runs share the signal of a runtime that closes, or that of a
 * caller, and Node warns of a leak where a signal has more than ten. When nobody listens any more, the signal has none.
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  const audience = audiences.get(signal) ?? newAudience(signal);
  const { listeners, tell } = audience;
  listeners.add(listener);
  return () => {
    if (!listeners.delete(listener) || listeners.size > 0) return;
    audiences.delete(signal);
    signal.removeEventListener("abort", tell);
  };
}

function newAudience(signal: AbortSignal): Audience {
  const listeners = new Set<() => void>();
  const tell = (): void => {
    audiences.delete(signal);
    for (const listener of listeners) if (listeners.delete(listener)) listener();
  };
  const audience = { listeners, tell };
  audiences.set(signal, audience);
  signal.addEventListener("abort", tell, { once: true });
  return audience;
}
