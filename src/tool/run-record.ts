import { cursorAt } from "../domain/cursor.ts";
import { limits } from "../domain/limits.ts";
import type { Place } from "../domain/events.ts";
import type { AgentDefinition, ArtifactRef, Position, RecordedEvent, Run, RunSnapshot, StepId } from "../index.ts";
import { type TeamDiagnostic, warning } from "./team-diagnostic.ts";

/** What the tool tells of a step and a snapshot does not hold. */
export interface StepRecord {
  /** The report of its newest attempt, for people. */
  readonly report: ArtifactRef | undefined;
  /** The newest text of a running attempt, at most `limits.toolLiveTextCharsMax` of it, and how long all of it is. */
  readonly liveText: string;
  readonly liveChars: number;
  readonly isLiveTextCut: boolean;
}

const nothing: StepRecord = { report: undefined, liveText: "", liveChars: 0, isLiveTextCut: false };

/**
 * What a run's events tell beyond its snapshot: a fold that goes on where it was left, so that each event is read once however often
 * the run is asked about.
 */
export class RunRecord {
  readonly definitions = new Map<string, AgentDefinition>();
  /** The skills that the host gives to every agent. */
  readonly skills: readonly string[];
  #root = "";
  readonly #places = new Map<string, string>();
  /** Where the caller has come to: what the next wait without a cursor goes on from, and the events that it was given. */
  told: Position = 0;
  page: { readonly page: Position; readonly base: Position; readonly filter: StepId | undefined } = {
    page: 0,
    base: 0,
    filter: undefined,
  };
  /** Characters of the texts of ended steps that were, or are being, looked at, and where their reports lie. */
  readonly lengths = new Map<StepId, Promise<number | undefined>>();
  readonly paths = new Map<string, string | undefined>();
  readonly #steps = new Map<StepId, StepRecord>();
  readonly #diagnostics = new Map<string, TeamDiagnostic>();
  #omittedDiagnostics = 0;
  #position: Position = 0;
  #reading: Promise<void> = Promise.resolve();

  constructor(skills: readonly string[] = []) {
    this.skills = skills;
  }

  /** Takes in what has happened up to a snapshot. Calls at the same time share one reading. */
  async advance(run: Run, { position, life }: RunSnapshot): Promise<void> {
    const reading = this.#reading.then(() => this.#read(run, position, life));
    this.#reading = reading.catch(() => undefined);
    await reading;
  }

  of(step: StepId): StepRecord {
    return this.#steps.get(step) ?? nothing;
  }

  /** Where a step works: a real path. */
  placeOf(cwd: string | undefined): string {
    return cwd === undefined ? this.#root : (this.#places.get(cwd) ?? cwd);
  }

  /** Each distinct finding about the run once, oldest first. */
  diagnostics(): TeamDiagnostic[] {
    const found = [...this.#diagnostics.values()];
    if (this.#omittedDiagnostics === 0) return found;
    return [...found, warning("run-diagnostics-omitted", `${this.#omittedDiagnostics} more findings are not shown.`)];
  }

  async #read(run: Run, head: Position, life: string): Promise<void> {
    if (this.#position >= head) return;
    const after = this.#position === 0 ? {} : { after: cursorAt(run.id, life, this.#position) };
    for await (const recorded of run.events(after)) {
      this.#add(recorded);
      if (recorded.position >= head) return;
    }
  }

  #add({ position, event }: RecordedEvent): void {
    this.#position = position;
    switch (event.type) {
      case "run.started":
      case "run.forked":
        for (const definition of event.definitions ?? []) this.definitions.set(definition.ref, definition);
        this.#root = event.root;
        return this.#addPlaces(event.places);
      case "run.recovered":
        return this.#addPlaces(event.places);
      case "diagnostic.recorded":
        return this.#diagnose(event.code, event.severity, event.message, event.step);
      case "artifact.stored":
        if (event.artifact.name === `${event.step}.${event.attempt}.final.md`) {
          this.#set(event.step, { report: event.artifact });
        }
        return;
      case "step.started":
        this.#steps.set(event.step, nothing);
        return;
      case "step.succeeded":
      case "step.failed":
      case "step.timedOut":
      case "step.canceled":
        // From now on its text is in the journal.
        this.#set(event.step, { liveText: "", liveChars: 0, isLiveTextCut: false });
        return;
      case "step.progressed":
        if (event.report.kind === "text") this.#addText(event.step, event.report);
        return;
      default:
    }
  }

  #addPlaces(places: readonly Place[]): void {
    for (const { cwd, realPath } of places) this.#places.set(cwd, realPath);
  }

  #addText(
    step: StepId,
    { text, totalChars, omittedChars = 0 }: { text: string; totalChars: number; omittedChars?: number },
  ) {
    const { liveText, isLiveTextCut } = this.of(step);
    const all = omittedChars > 0 ? text : liveText + text;
    const isCut = omittedChars > 0 || isLiveTextCut || all.length > limits.toolLiveTextCharsMax;
    this.#set(step, { liveText: tailOf(all), liveChars: totalChars, isLiveTextCut: isCut });
  }

  #diagnose(code: string, severity: TeamDiagnostic["severity"], message: string, step: StepId | undefined): void {
    const key = `${code}\n${message}`;
    if (this.#diagnostics.has(key)) return;
    if (this.#diagnostics.size >= limits.diagnosticsPerRunMax) {
      this.#omittedDiagnostics++;
      return;
    }
    // An error of a run is a fact about it: to tell of it makes the call no failure.
    const isError = severity === "error";
    const about = { path: "/", ...(step === undefined ? {} : { fields: [step] }) };
    const said = isError ? `error: ${message}` : message;
    this.#diagnostics.set(key, { code, message: said, severity: isError ? "warning" : severity, ...about });
  }

  #set(step: StepId, change: Partial<StepRecord>): void {
    this.#steps.set(step, { ...this.of(step), ...change });
  }
}

function tailOf(text: string): string {
  const tail = text.slice(-limits.toolLiveTextCharsMax);
  return /^[\uDC00-\uDFFF]/.test(tail) ? tail.slice(1) : tail;
}
