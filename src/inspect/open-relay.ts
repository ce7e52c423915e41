import type { Run } from "../index.ts";
import type { InspectorRelay, RelayOptions } from "./relay-options.ts";

/**
 * Serves a run to inspectors of this machine: over a WebSocket, and as a page that shows Stately's inspector, or another, in a frame.
 * Whoever connects, late or again, is told the run from its first event on.
 * @throws `inspect.invalid`, `step.unknown`; the system's error where the port is taken.
 */
export async function openInspectorRelay(run: Run, options: RelayOptions = {}): Promise<InspectorRelay> {
  // Only who opens a relay pays for its server.
  const { openRelay } = await import("./relay.ts");
  return openRelay(run, options);
}
