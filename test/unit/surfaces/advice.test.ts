import { describe, expect, it } from "vitest";
import { journalRefusal } from "../../../src/adapters/journals/sqlite-errors.ts";
import { advisedMessage } from "../../../src/surfaces/advice.ts";
import { problemOf } from "../../../src/cli/errors.ts";
import { RunfoldError, type ErrorCode } from "../../../src/domain/errors.ts";

describe("advice", () => {
  it("names options and files, where the library names its own options and methods", () => {
    const codes: ErrorCode[] = [
      "journal.unopenable",
      "journal.readOnly",
      "journal.foreign",
      "journal.busy",
      "journal.full",
      "journal.failed",
      "journal.corrupt",
    ];
    for (const code of codes) {
      const { message } = problemOf(journalRefusal(code, "/tmp/a b.db", new Error("disk I/O error.")));
      expect(message).toContain("/tmp/a b.db");
      expect(message).not.toMatch(/readOnly|append|opened again|export what|\[journal/);
      expect(message).toMatch(/[^.]\.$/);
    }
    expect(advisedMessage(journalRefusal("journal.readOnly", "runs.db"))).toBe(
      "The database runs.db cannot be written. Make the file and its directory writable, or name another with --db FILE.",
    );
  });

  it("names the command that helps", () => {
    const details = { run: "r1" };
    const told = (code: ErrorCode, message: string): string =>
      advisedMessage(new RunfoldError(code, message, { details }));
    expect(told("run.live", "Run r1 has not ended, so it cannot be cleaned up. Cancel it first.")).toContain(
      "runfold cancel r1",
    );
    const held = new RunfoldError(
      "run.live",
      "Run r1 is written by process 7 on h.x.org, which lives. Let it be, or not.",
      {
        details: { run: "r1", host: "h.x.org", pid: 7 },
      },
    );
    expect(advisedMessage(held)).toMatch(
      /^Run r1 is written by process 7 on h\.x\.org, which lives\. .* runfold resume r1 --force\.$/,
    );
    expect(told("run.cleaned", "Run r1 was cleaned up. A handle still shows it.")).not.toContain("handle");
    expect(
      told(
        "cursor.invalid",
        'The cursor "x" was refused for run r1: it is not a cursor. Read the run\'s status to get a new one.',
      ),
    ).toBe('The cursor "x" was refused for run r1: it is not a cursor. Get a new one with runfold status r1.');
    expect(
      told(
        "journal.corrupt",
        "The journal of run r1 is damaged at position 5: it is not a commit. Restore the file from a copy",
      ),
    ).toMatch(/^The journal of run r1 is damaged at position 5: it is not a commit\. What .* runfold events r1/);
    const unnamed =
      "The journal is damaged after position 5: the next commit cannot be understood, it is no object. Give others";
    expect(advisedMessage(new RunfoldError("journal.corrupt", unnamed, { details: { position: 5 } }))).toBe(
      "The journal is damaged after position 5: the next commit cannot be understood, it is no object. Restore the database from a copy.",
    );
  });

  it("leaves an error as it is that tells no facts", () => {
    expect(advisedMessage(new RunfoldError("run.live", "It lives."))).toBe("It lives.");
  });
});

describe("a current directory that was deleted", () => {
  it("is no bug of ours", () => {
    const error = Object.assign(new Error("ENOENT: process.cwd failed"), { code: "ENOENT", syscall: "uv_cwd" });
    expect(problemOf(error)).toMatchObject({ code: "directory.gone", exitCode: 2 });
    expect(problemOf(Object.assign(new Error("ENOENT"), { code: "ENOENT", syscall: "open" })).exitCode).toBe(70);
  });
});
