/**
 * What it takes to open a run of a million events, as ratios within one process: `node --import tsx bench/recovery.ts [EVENTS]`.
 *
 * The base is what nobody can do without: reading the rows from SQLite and parsing them as JSON.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkpointOf } from "../src/actors/checkpoints.ts";
import { loadRun } from "../src/actors/load-run.ts";
import { chooseSqlite } from "../src/adapters/journals/choose-sqlite.ts";
import { sqliteJournal } from "../src/adapters/journals/sqlite-journal.ts";
import { systemClock } from "../src/adapters/clocks/system-clock.ts";
import { commitSchema, type Commit } from "../src/domain/commit.ts";
import type { Input } from "../src/domain/inputs.ts";
import { decide, isRefusal } from "../src/machines/decide.ts";
import { initialState } from "../src/machines/run-state.ts";
import { summaryOf } from "../src/projections/run-summary.ts";
import { stateAt } from "../src/index.ts";
import type { Journal } from "../src/index.ts";

const steps = 10_000;
const tailEvents = 5_000;
const rounds = 3;
const at = 1_700_000_000_000;

/** Writes a run of about so many events, most of which are what its commands print, as they are in real runs. */
async function write(path: string, events: number): Promise<number> {
  const journal = sqliteJournal(path, { durability: "relaxed" });
  const state = initialState();
  const told = Math.max(0, Math.floor(events / steps) - 2);
  let running: { readonly step: string; readonly attempt: number }[] = [];
  let batch: Commit[] = [];
  let kept = 0;
  const keep = async (): Promise<void> => {
    await journal.append("big", kept, batch, { summary: summaryOf(state, at) });
    kept = state.position;
    batch = [];
  };
  const take = async (input: Input): Promise<void> => {
    const decision = decide(state, input, at);
    if (isRefusal(decision)) throw new Error(decision.message);
    batch.push({ schema: commitSchema, position: state.position, at, input, events: decision });
    for (const event of decision) if (event.type === "step.started") running.push(event);
    if (batch.length === 1_000) await keep();
  };
  const graph = {
    name: "big",
    objective: "Be opened.",
    steps: Array.from({ length: steps }, (_, number) => ({
      id: `s${number}`,
      shell: "true",
      ...(number < 100 ? {} : { needs: [`s${number - 100}`] }),
    })),
    limits: { concurrency: 100 },
  };
  const owner = { host: "nowhere", pid: 1, processStart: "1" };
  await take({ type: "run.start", run: "big", life: "life", graph, root: "/", places: [], owner });
  for (let next = running.shift(); next !== undefined && state.position < events; next = running.shift()) {
    const { step, attempt } = next;
    for (let line = 1; line <= told; line++) {
      const text = `line ${line} of what this step prints while it works\n`;
      await take({
        type: "step.progress",
        step,
        attempt,
        report: { kind: "text", stream: "stdout", text, totalChars: text.length * line },
      });
    }
    await take({ type: "step.succeed", step, attempt, output: { value: { stdout: step, stderr: "", exitCode: 0 } } });
  }
  if (batch.length > 0) await keep();
  await journal.close();
  return state.position;
}

function readAndParse(path: string): void {
  const driver = chooseSqlite()(path, { readOnly: true });
  const page = driver.prepare(
    "SELECT position, body FROM commits WHERE run = 1 AND position > ? ORDER BY position LIMIT 512",
  );
  let after = 0;
  for (let rows = page.rows(after); rows.length > 0; rows = page.rows(after)) {
    for (const [, body] of rows) JSON.parse(String(body));
    after = Number(rows.at(-1)![0]);
  }
  driver.close();
}

async function open(path: string, withCheckpoint: boolean): Promise<void> {
  const journal: Journal = sqliteJournal(path);
  if (!withCheckpoint) Object.assign(journal, { loadCheckpoint: async () => undefined });
  await loadRun("big", { journal, clock: systemClock(), report: () => undefined });
  await journal.close();
}

/** A checkpoint as it stands when the run is lost just before the next one is due. */
async function saveCheckpoint(path: string, position: number): Promise<void> {
  const journal = sqliteJournal(path);
  const options = { journal, clock: systemClock(), report: () => undefined, through: position };
  const { state, stream } = (await loadRun("big", options))!;
  const [last] = await journal.read("big", state.position - 1, 1);
  await journal.saveCheckpoint("big", { position: state.position, state: checkpointOf(state, stream, last!) });
  await journal.close();
}

async function fastest(work: () => unknown): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const startedAt = performance.now();
    await work();
    least = Math.min(least, performance.now() - startedAt);
  }
  return least;
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`;
}

/** Opens and folds, and says what it took against reading and parsing the same rows. */
export async function recoveryCosts(events: number): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), "runfold-bench-"));
  const path = join(directory, "runs.db");
  try {
    const position = await write(path, events);
    const base = await fastest(() => readAndParse(path));
    const folded = await fastest(() => open(path, false));
    await saveCheckpoint(path, position - tailEvents);
    const fromCheckpoint = await fastest(() => open(path, true));
    return (
      `${position} events: read and parsed ${ms(base)}; folded ${ms(folded)}, ${(folded / base).toFixed(2)} of that; ` +
      `from a checkpoint ${tailEvents} events before the end ${ms(fromCheckpoint)}. ${await middle(path, position)}`
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The state in the middle, and how much more memory there was in use at most while it was folded. */
async function middle(path: string, position: number): Promise<string> {
  const journal = sqliteJournal(path, { readOnly: true });
  const page = await journal.read("big", 0, 1);
  await journal.close();
  const driver = chooseSqlite()(path, { readOnly: true });
  const rows = driver.prepare(
    "SELECT position, body FROM commits WHERE run = 1 AND position > ? ORDER BY position LIMIT 512",
  );
  const before = process.memoryUsage().heapUsed;
  let most = 0;
  function* commits(): Generator<Commit> {
    yield page[0]!;
    for (let after = page[0]!.position; ;) {
      const some = rows.rows(after);
      if (some.length === 0) return;
      most = Math.max(most, process.memoryUsage().heapUsed - before);
      for (const [, body] of some) {
        const commit: Commit | [Commit] = JSON.parse(String(body));
        yield Array.isArray(commit) ? commit[0] : commit;
      }
      after = Number(some.at(-1)![0]);
    }
  }
  const startedAt = performance.now();
  stateAt(commits(), Math.floor(position / 2));
  driver.close();
  return `The state in the middle: ${(performance.now() - startedAt).toFixed(0)} ms, at most ${(most / 2 ** 20).toFixed(0)} MiB more in use.`;
}

if (process.argv[1]?.includes("recovery")) console.log(await recoveryCosts(Number(process.argv[2] ?? 1_000_000)));
