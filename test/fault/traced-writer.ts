import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { sqliteJournal } from "../../src/adapters/journals/sqlite-journal.ts";
import { startFixture } from "../conformance/journal/child-process.ts";
import type { Capability } from "../conformance/journal/harness.ts";
import { commitAfter } from "../conformance/journal/sample-commits.ts";

/** Whether system calls of a child can be made to fail here; a container may forbid it. */
export const canInject: Capability =
  spawnSync("strace", ["-qq", "-e", "inject=fsync:error=EIO:when=1", "-o", "/dev/null", "true"]).status === 0 ||
  "strace is not there, or not permitted";

/** Which call fails, how, and when: `3` is the third alone, `3+` the third and all after it. */
export interface Fault {
  readonly call: "fsync" | "pwrite64";
  readonly error: "EIO" | "ENOSPC";
  readonly when: string;
}

export interface TracedWriter {
  /** What the writer said, line by line. */
  readonly lines: readonly string[];
  /** Its syncs, writes of files and lines, in order, as strace puts them; each with the path that it was about. */
  readonly calls: readonly string[];
  /** The last position that it was told to be kept; 0 for none. */
  readonly acknowledged: number;
}

export const isInjected = (call: string): boolean => call.includes("(INJECTED)");
export const isAcknowledgement = (call: string): boolean => /write\(1<[^>]*>, "(\d+|again kept)\\n"/.test(call);

/** Lets another process append to run `a` of a journal while some of its system calls fail. */
export async function traceWriter(path: string, count: number, { call, error, when }: Fault): Promise<TracedWriter> {
  const trace = join(dirname(path), `trace-${call}-${error}-${when}`);
  // SQLite was built with one of the two on some systems, and with the other elsewhere.
  const calls = call === "fsync" ? "fsync,fdatasync" : call;
  const watched = ["-e", `trace=${calls},write`, "-e", `inject=${calls}:error=${error}:when=${when}`];
  const prefix = ["strace", "-f", "-qq", "-y", ...watched, "-o", trace];
  const lines = await startFixture("careful-writer.ts", [path, "a", String(count)], prefix).ended();
  const acknowledged = lines.filter((line) => /^\d+$/.test(line)).length;
  return { lines, calls: readFileSync(trace, "utf8").split("\n"), acknowledged };
}

/**
 * Reads the journal in this process, which wrote none of it: every commit that was acknowledged is there, and at most one more. It then
 * takes another one, unless it is opened for reading alone.
 */
export async function expectAllKept(path: string, acknowledged: number, readOnly = false): Promise<void> {
  const journal = sqliteJournal(path, { readOnly });
  const commits = await journal.read("a", 0);
  expect([acknowledged, acknowledged + 1]).toContain(commits.length);
  expect(commits).toEqual(Array.from(commits, (_, position) => commitAfter(position)));
  if (!readOnly) await journal.append("a", commits.length, [commitAfter(commits.length)]);
  await journal.close();
}
