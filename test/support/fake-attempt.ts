import { memoryArtifacts } from "../../src/adapters/artifacts/memory-artifacts.ts";
import type { StepDocument } from "../../src/domain/graph-document.ts";
import type { ArtifactStore } from "../../src/ports/artifact-store.ts";
import type { Attempt, Message, StopRequest, StopSignal, ToolReport } from "../../src/ports/executor.ts";

/** A stop signal that a test gives. */
export class FakeStop implements StopSignal {
  request: StopRequest | undefined;
  readonly #listeners: ((request: StopRequest) => void)[] = [];

  onRequest(listener: (request: StopRequest) => void): void {
    this.#listeners.push(listener);
    if (this.request !== undefined) listener(this.request);
  }

  ask(request: Partial<StopRequest> = {}): void {
    const asked: StopRequest = { cause: "canceled", graceMs: 5_000, force: false, ...request };
    this.request = asked;
    for (const listener of this.#listeners) listener(asked);
  }

  get listenerCount(): number {
    return this.#listeners.length;
  }
}

export interface FakeAttempt extends Attempt {
  readonly stop: FakeStop;
  readonly store: ArtifactStore;
  readonly diagnostics: { code: string; severity: string; message: string }[];
  readonly notes: { message: string; fraction: number | undefined }[];
  readonly tools: ToolReport[];
  /** Who takes messages to this attempt. */
  listener: ((message: Message) => void) | undefined;
  /** All text of a stream so far. */
  textOf(stream: string): string;
  /** Resolves when the text of a stream contains a piece. */
  textWith(stream: string, piece: string): Promise<void>;
}

/** An attempt without an engine: it remembers what its executor reports. */
export function fakeAttempt(
  step: Omit<StepDocument, "id"> & { id?: string },
  rest: Partial<Attempt> = {},
): FakeAttempt {
  const store = memoryArtifacts();
  const texts = new Map<string, string>();
  let waiting: (() => boolean)[] = [];
  const textOf = (stream: string): string => texts.get(stream) ?? "";
  const run = rest.run ?? "run-1";
  const attempt: FakeAttempt = {
    run,
    owner: { life: "fakelife", epoch: 1 },
    isResumed: false,
    graph: { name: "graph", objective: "Be tested.", steps: [] },
    definition: undefined,
    step: { id: "step", ...step },
    number: 1,
    deadlineAt: Date.now() + 3_600_000,
    root: process.cwd(),
    place: undefined,
    variables: undefined,
    upstream: [],
    store,
    diagnostics: [],
    notes: [],
    tools: [],
    listener: undefined,
    textOf,
    textWith: (stream, piece) =>
      new Promise((resolve) => {
        const check = (): boolean => {
          if (!textOf(stream).includes(piece)) return true;
          resolve();
          return false;
        };
        if (check()) waiting.push(check);
      }),
    text(stream, text) {
      texts.set(stream, textOf(stream) + text);
      waiting = waiting.filter((stillWaits) => stillWaits());
    },
    tool: (call) => void attempt.tools.push(call),
    onMessage: (listener) => void (attempt.listener = listener),
    note: (message, fraction) => void attempt.notes.push({ message, fraction }),
    diagnostic: (code, severity, message) => void attempt.diagnostics.push({ code, severity, message }),
    createArtifact: (label) => store.create(run, `step-1-${label}`),
    readArtifact: (artifact) => store.read(run, artifact),
    artifactPath: (artifact) => store.path(run, artifact),
    ...rest,
    stop: new FakeStop(),
  };
  return attempt;
}
