import type { Invocation } from "./command.ts";
import { hasOption } from "./command.ts";
import { frameOf } from "./live-frame.ts";
import { LiveTree } from "./live-tree.ts";
import { PlainLines } from "./plain-lines.ts";
import { canRedraw } from "./terminal.ts";
import { wireEvent } from "../surfaces/wire.ts";
import type { CursoredEvent, Run } from "../index.ts";

/** How a run is shown while it goes on. */
export interface Progress {
  /** Tells something beside the run's events. */
  note(text: string): void;
  /** Changes what is said about what can be done now. */
  hint(text: string): void;
  /** Shows what is left to show of a run that has ended, or stops at once. */
  finish(how: "ended" | "stopped"): Promise<void>;
}

const drawEveryMs = 100;
/** A frame looks through all steps, so a run of very many is drawn less often. */
const drawManyEveryMs = 500;
const manySteps = 5_000;

export function showProgress(run: Run, invocation: Invocation): Progress {
  const { out, err, isJson } = invocation;
  const isQuiet = hasOption(invocation, "quiet");
  if (!isJson && !isQuiet && canRedraw({ environment: process.env, isTTY: out.isTTY }))
    return liveProgress(run, invocation);
  const note = (text: string): void => void err.line(text);
  if (isQuiet) return { note, hint: () => undefined, finish: () => Promise.resolve() };
  const plain = new PlainLines(invocation.style);
  const lineOf = isJson ? (event: CursoredEvent) => JSON.stringify(wireEvent(event)) : plain.lineOf.bind(plain);
  return eventProgress(run, invocation, lineOf, note);
}

/** How one of several runs is shown: never as a tree, and every line says whose it is. Ids take `width` columns. */
export function showAmongOthers(run: Run, width: number, invocation: Invocation): Progress {
  const { err, isJson, style } = invocation;
  const note = (text: string): void => void err.line(text);
  if (hasOption(invocation, "quiet")) return { note, hint: () => undefined, finish: () => Promise.resolve() };
  const plain = new PlainLines(style);
  const lead = style.bold(run.id.padEnd(width));
  const lineOf = (event: CursoredEvent): string | undefined => {
    if (isJson) return JSON.stringify({ run: run.id, ...wireEvent(event) });
    const line = plain.lineOf(event);
    return line === undefined ? undefined : `${lead} ${line}`;
  };
  return eventProgress(run, invocation, lineOf, note);
}

/** Writes a line an event, as fast as they are read and no faster: who reads slowly gets them later, not the run. */
function eventProgress(
  run: Run,
  { out }: Invocation,
  lineOf: (event: CursoredEvent) => string | undefined,
  note: (text: string) => void,
): Progress {
  const stop = new AbortController();
  const pump = async (): Promise<void> => {
    for await (const event of run.events({ signal: stop.signal })) {
      if (out.isBroken) return;
      const line = lineOf(event);
      if (line !== undefined) await out.line(line);
    }
  };
  // What stops the run's events stops the run; whoever waits for its end is told of it.
  const pumping = pump().catch(() => undefined);
  return {
    note,
    hint: () => undefined,
    async finish(how) {
      if (how === "stopped") stop.abort();
      await pumping;
    },
  };
}

function liveProgress(run: Run, { out, style }: Invocation): Progress {
  let isWriting = false;
  let hint = "Ctrl-C cancels the run.";
  const tree = new LiveTree({
    // A terminal that is stopped would only collect frames; it gets the newest when it goes on.
    write: async (text) => {
      isWriting = true;
      await out.write(text);
      isWriting = false;
    },
    get columns() {
      return out.columns;
    },
    get rows() {
      return out.rows;
    },
  });
  const draw = (): void =>
    tree.draw(frameOf(run.snapshot(), { now: Date.now(), columns: out.columns, rows: out.rows, style, hint }));
  draw();
  const everyMs = run.snapshot().steps.length > manySteps ? drawManyEveryMs : drawEveryMs;
  const timer = setInterval(() => {
    if (!isWriting && !out.isBroken) draw();
  }, everyMs);
  return {
    note: (text) => tree.print(text),
    hint: (text) => {
      hint = text;
      draw();
    },
    async finish() {
      clearInterval(timer);
      hint = "";
      draw();
      tree.close();
    },
  };
}
