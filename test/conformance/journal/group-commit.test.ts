import { expect, test } from "vitest";
import { GroupCommit } from "../../../src/adapters/journals/group-commit.ts";
import type { SqliteDriver } from "../../../src/adapters/journals/sqlite-driver.ts";
import { RunfoldError } from "../../../src/domain/errors.ts";

test("a writer that is alone pays no turn of the event loop and gets a transaction for each write", async () => {
  const { commits, transactions } = recording();
  let hasTurned = false;
  setImmediate(() => (hasTurned = true));
  for (let write = 0; write < 3; write++) await submit(commits, "a", write);
  expect(hasTurned).toBe(false);
  expect(transactions).toEqual([[0], [1], [2]]);
});

test("a writer that only awaits its writes lets timers and sockets have their turn", async () => {
  const { commits } = recording();
  let hasTurned = false;
  setImmediate(() => (hasTurned = true));
  for (let write = 0; write < 100; write++) await submit(commits, "a", write);
  expect(hasTurned).toBe(true);
});

test("writes that runs make in event-loop callbacks of their own share transactions", async () => {
  const { commits, transactions } = recording();
  const writes = Array.from({ length: 100 }, (_, write) =>
    laterInThisTurn(() => submit(commits, `run-${write}`, write)),
  );
  await Promise.all(writes);
  expect(transactions.flat()).toEqual(Array.from({ length: 100 }, (_, write) => write));
  expect(transactions.length).toBeLessThanOrEqual(3);
});

test("a refused write leaves the others of its transaction alone", async () => {
  const { commits, transactions } = recording();
  const refusal = new RunfoldError("journal.conflict", "no");
  const writes = [submit(commits, "a", 1), commits.submit("b", () => refuse(refusal), ignore), submit(commits, "c", 3)];
  expect(await Promise.allSettled(writes)).toEqual([
    { status: "fulfilled", value: 1 },
    { status: "rejected", reason: refusal },
    { status: "fulfilled", value: 3 },
  ]);
  expect(transactions).toEqual([[1, 3]]);
});

test("nobody is told of a write before the transaction is committed", async () => {
  const told: string[] = [];
  const { commits } = recording({ onCommit: () => told.push("committed") });
  await commits.submit(
    "a",
    () => told.push("written"),
    () => told.push("told"),
  );
  expect(told).toEqual(["written", "committed", "told"]);
});

test("when the disk is full or the file locked, all writes of the transaction are refused and later ones are tried", async () => {
  for (const code of ["journal.full", "journal.busy"] as const) {
    let fails = true;
    const { commits, transactions } = recording({ onCommit: () => fails && refuse(new RunfoldError(code, "no")) });
    const writes = await Promise.allSettled([submit(commits, "a", 1), submit(commits, "b", 2)]);
    expect(writes).toMatchObject([{ reason: { code } }, { reason: { code } }]);
    fails = false;
    expect(await submit(commits, "a", 3)).toBe(3);
    expect(transactions).toEqual([[3]]);
  }
});

test("after a failed commit every further write is refused, because what reached the disk is unknown", async () => {
  let fails = true;
  const { commits, transactions } = recording({ onCommit: () => fails && refuse(new Error("input/output error")) });
  await expect(submit(commits, "a", 1)).rejects.toMatchObject({ code: "journal.failed" });
  fails = false;
  await expect(submit(commits, "a", 2)).rejects.toMatchObject({ code: "journal.failed" });
  expect(transactions).toEqual([]);
});

/** A driver that keeps what each committed transaction wrote. */
function recording({ onCommit = ignore }: { readonly onCommit?: () => unknown } = {}) {
  const transactions: number[][] = [];
  let open: number[] | undefined;
  const driver: SqliteDriver = {
    exec(sql) {
      if (sql === "BEGIN IMMEDIATE") open = [];
      if (sql === "COMMIT") {
        onCommit();
        transactions.push(open ?? []);
      }
      if (sql !== "BEGIN IMMEDIATE") open = undefined;
    },
    prepare: () => ({
      run: (value) => open?.push(Number(value)) ?? 0,
      rows: () => [],
    }),
    isInTransaction: () => open !== undefined,
    close: ignore,
  };
  const refusalOf = (error: unknown): RunfoldError =>
    error instanceof RunfoldError ? error : new RunfoldError("journal.failed", String(error));
  const commits = new GroupCommit(driver, refusalOf, ignore);
  statements.set(commits, driver.prepare(""));
  return { commits, transactions };
}

const statements = new WeakMap<GroupCommit, ReturnType<SqliteDriver["prepare"]>>();

function submit(commits: GroupCommit, run: string, write: number): Promise<number> {
  return commits.submit(
    run,
    () => {
      statements.get(commits)?.run(write);
      return write;
    },
    ignore,
  );
}

function laterInThisTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    setImmediate(() => void work().then(resolve, reject));
  });
}

function refuse(error: Error): never {
  throw error;
}

function ignore(): void {}
