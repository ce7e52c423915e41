import type { Run } from "../../src/actors/run.ts";
import type { FailingJournal } from "runfold/testing";
import { mustBe } from "./must-be.ts";

/** What a subscriber does at one of the events that it sees. */
export interface Reaction {
  readonly at: number;
  readonly act: "cancel" | "force" | "wait" | "start" | "subscribe" | "unsubscribe" | "throw" | "reject";
}

export type Kind = "events$" | "snapshot$" | "events()";

export interface SpyReport {
  readonly kind: Kind;
  /** Positions in the order in which they were seen. */
  readonly positions: number[];
  /** Each event as JSON. */
  readonly seen: string[];
  /** What it saw that it should not have seen. */
  readonly broken: string[];
  /** Positions that it saw before they were in the snapshot: none, while the run is written here. */
  readonly ahead: number[];
  /** Whether it left, or was thrown out, before the end. */
  hasLeft: boolean;
  isDone: boolean;
}

/**
 * Reads a run in one of the three ways, holds every delivery against the journal, and reacts as it is told: from inside the
 * callback, at once.
 */
export function spyOn(
  run: Run,
  journal: FailingJournal,
  kind: Kind,
  reactions: readonly Reaction[],
  react: (act: Reaction["act"]) => void,
): SpyReport {
  const report: SpyReport = { kind, positions: [], seen: [], broken: [], ahead: [], hasLeft: false, isDone: false };
  const leave: (() => void)[] = [];
  let isLeaving = false;
  const see = (position: number, text: string): unknown => {
    // Noted, not thrown: what an observer throws is caught by the very thing that is under test.
    if (position > journal.kept(run.id)) report.broken.push(`position ${position} was seen before it was committed`);
    if (report.hasLeft && !isLeaving) report.broken.push(`position ${position} was seen by a reader that had left`);
    if (position > run.snapshot().position) report.ahead.push(position);
    report.positions.push(position);
    report.seen.push(text);
    for (const { at, act } of reactions) {
      if (at !== report.positions.length) continue;
      if (act === "unsubscribe" || act === "throw" || act === "reject") report.hasLeft = true;
      // A promise is known to be rejected only later.
      isLeaving ||= act === "reject";
      if (act === "unsubscribe") for (const stop of leave) stop();
      if (act === "throw") throw new Error("An observer threw.");
      if (act === "reject") return Promise.reject(new Error("An observer threw."));
      react(act);
    }
    return undefined;
  };
  const done = (): void => void (report.isDone = true);
  if (kind === "events()") void readAll(run, see, report);
  else if (kind === "events$") {
    const subscription = run.events$.subscribe({
      next: ({ position, event }) => see(position, JSON.stringify(event)),
      complete: done,
      error: () => undefined,
    });
    leave.push(() => subscription.unsubscribe());
  } else {
    // The first snapshot comes while subscribing, so there is nothing to unsubscribe yet; the loop after that does it.
    const subscription = run.snapshot$.subscribe({
      next: (snapshot) => see(snapshot.position, JSON.stringify(snapshot)),
      complete: done,
      error: () => undefined,
    });
    leave.push(() => subscription.unsubscribe());
    if (report.hasLeft) subscription.unsubscribe();
  }
  return report;
}

async function readAll(run: Run, see: (position: number, text: string) => unknown, report: SpyReport): Promise<void> {
  try {
    for await (const { position, event } of run.events()) {
      await see(position, JSON.stringify(event));
      if (report.hasLeft) return;
    }
    report.isDone = true;
  } catch {
    // It threw itself, or its run stopped: then it is not done.
  }
}

/** Holds what a reader saw against the events that the journal has in the end, as JSON. */
export function checkReport(report: SpyReport, events: readonly string[], isEnded: boolean): void {
  const { kind, positions, seen, hasLeft, isDone } = report;
  mustBe(report.broken.join("; "), "", `what ${kind} saw`);
  mustBe(report.ahead.join(), "", `what ${kind} saw ahead of the snapshot`);
  if (kind === "snapshot$") {
    for (const [index, position] of positions.entries()) {
      if (index > 0 && position < positions[index - 1]!) throw new Error("snapshot$ went back");
    }
    if (!hasLeft) mustBe(positions.at(-1), events.length, "the last position of snapshot$");
  } else {
    mustBe(positions.join(), positions.map((_position, index) => index + 1).join(), `the positions of ${kind}`);
    mustBe(seen.join("\n"), events.slice(0, seen.length).join("\n"), `the events of ${kind}`);
    if (!hasLeft) mustBe(seen.length, events.length, `how many events ${kind} saw`);
  }
  if (!hasLeft && isEnded && !isDone) throw new Error(`${kind} did not come to its end`);
}
