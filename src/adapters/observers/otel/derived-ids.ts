import { createHash, randomBytes } from "node:crypto";
import type { RunLife, StepId } from "../../../domain/ids.ts";

interface NextIds {
  readonly traceId: string;
  readonly spanId: string;
}

/**
 * Gives the spans of a run ids that follow from the run alone, so that whoever makes them again (the next owner after a crash, an
 * export of the journal) makes the same ones. All other spans of the provider get random ids, as without it.
 */
export class DerivedIds {
  #next: NextIds | undefined;

  /** Called by the SDK. */
  readonly generateTraceId = (): string => this.#next?.traceId ?? randomBytes(16).toString("hex");
  readonly generateSpanId = (): string => this.#next?.spanId ?? randomBytes(8).toString("hex");

  /** @internal Makes one span with these ids. */
  during<Made>(ids: NextIds, make: () => Made): Made {
    this.#next = ids;
    try {
      return make();
    } finally {
      this.#next = undefined;
    }
  }
}

/** Ids for both ends: `idGenerator` of the SDK's tracer provider, and `ids` of {@link openTelemetry} and {@link traceJournal}. */
export function derivedIds(): DerivedIds {
  return new DerivedIds();
}

/** The trace of a run that nobody's span is the parent of, and its root span. */
export function rootIds(life: RunLife): NextIds {
  return { traceId: digest(`trace ${life}`, 32), spanId: digest(`run ${life}`, 16) };
}

export function attemptSpanId(life: RunLife, step: StepId, attempt: number): string {
  return digest(`attempt ${life} ${step} ${attempt}`, 16);
}

function digest(text: string, digits: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, digits);
}
