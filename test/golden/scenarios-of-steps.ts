import type { Commit } from "../../src/domain/commit.ts";
import type { Failure } from "../../src/domain/failure.ts";
import type { GraphDocument, StepDocument } from "../../src/domain/graph-document.ts";
import { Recorder, artifactOf, graphOf } from "./recorder.ts";

const exit: Failure = { kind: "exit", message: "npm ended with code 1.", exitCode: 1 };

/** Everything that a graph can say, outputs of every form, and a run that retention cleans up. */
export function succeededAndCleaned(): readonly Commit[] {
  const graph: GraphDocument = {
    name: "release",
    objective: "Build, test and publish the site.",
    steps: [
      { id: "fetch", command: ["git", "fetch", "--tags"], cwd: "repo", env: { LC_ALL: "C" }, timeoutSeconds: 30 },
      { id: "build", shell: "npm ci && npm run build", needs: ["fetch"], cwd: "repo/site", onInterrupted: "retry" },
      { id: "test", task: "run-tests", needs: ["build"], retry: { attempts: 3, backoffSeconds: 0.5 } },
      { id: "review", agent: { kind: "pi", task: "Read the changes.", tools: ["read"] }, needs: ["fetch"] },
      { id: "publish", task: "publish", needs: ["test"], after: ["review", "fetch"], onInterrupted: "fail" },
    ],
    limits: { concurrency: 2, stepTimeoutSeconds: 600, maxRunSeconds: 3_600, retentionSeconds: 86_400 },
    notify: { mode: "milestones", maxNotices: 4, minIntervalSeconds: 5 },
  };
  const places = [
    { cwd: "repo", realPath: "/home/ada/site/repo", device: "2049", inode: "131074" },
    { cwd: "repo/site", realPath: "/home/ada/site/repo/site", device: "2049", inode: "18446744073709551615" },
  ];
  const log = artifactOf("build.stdout.txt", 70_000);
  const rows = artifactOf("build.rows.json", 20_000);
  const buildOutput = {
    value: { stdout: null, rows: [null, 1], stderr: "", exitCode: 0, droppedBytes: 12 },
    spilled: [
      { pointer: "/stdout", artifact: log, encoding: "text" as const },
      { pointer: "/rows/0", artifact: rows, encoding: "json" as const },
    ],
  };
  const whole = { value: null, spilled: [{ pointer: "", artifact: rows, encoding: "json" as const }] };
  return new Recorder("release-1")
    .start(graph, places)
    .progress("fetch", { kind: "text", stream: "stderr", text: "From ssh://example.org/site\n", totalChars: 28 })
    .succeed("fetch", { value: { stdout: "", stderr: "From ssh://example.org/site", exitCode: 0 } })
    .progress("review", { kind: "note", message: "Reading 12 files.", fraction: 0.25 })
    .progress("build", { kind: "text", stream: "stdout", text: "…the end", omittedChars: 4_200, totalChars: 4_208 })
    .take({ type: "step.succeed", step: "build", attempt: 1, output: buildOutput, artifacts: [log, rows] })
    .progress("review", { kind: "note", message: "Done." })
    .take({ type: "step.succeed", step: "review", attempt: 1, output: whole, artifacts: [] })
    .succeed("test", { value: [true, false, 0, -1.5e-9, 1e21, "", {}, [], { "2": "two", "10": "ten", a: null }] })
    .succeed("publish", { value: "https://example.org/site/7.2.0" })
    .take({ type: "run.clean", reason: "Its time of retention is over." }, 86_400_000).commits;
}

/** Retries at once and later, what failed attempts leave behind, and who is blocked by whom. */
export function retriesAndBlocks(): readonly Commit[] {
  const steps: StepDocument[] = [
    { id: "flaky", command: ["npm", "test"], retry: { attempts: 4 } },
    { id: "slow", task: "slow", retry: { attempts: 3, backoffSeconds: 2.5 } },
    { id: "hopeless", shell: "exit 1", retry: { attempts: 2, backoffSeconds: 1 } },
    { id: "final", task: "final", retry: { attempts: 5 } },
    { id: "both", task: "both", needs: ["slow", "hopeless", "final"] },
    { id: "far", task: "far", needs: ["both"] },
    { id: "farther", task: "farther", needs: ["far", "flaky"] },
    { id: "after-all", task: "after-all", after: ["farther", "hopeless", "flaky"] },
    { id: "twice", task: "twice", needs: ["flaky"], after: ["flaky", "after-all"] },
  ];
  const tail = artifactOf("slow.partial.txt", 40_000);
  const spilled = { value: null, spilled: [{ pointer: "", artifact: tail, encoding: "text" as const }] };
  return new Recorder("retries-1")
    .start(graphOf("retries", steps, { concurrency: 3, maxRunSeconds: 600.0006 }))
    .fail("flaky", exit, { partial: { value: { stdout: "1 of 3 passed", stderr: "", exitCode: 1 } } })
    .fail(
      "slow",
      { kind: "thrown", message: "The socket was closed." },
      { partial: spilled, artifacts: [tail], jitter: 0.75 },
    )
    .fail("flaky", { ...exit, message: "npm ended with code 1, again." })
    .retry("slow")
    .fail("hopeless", exit, { jitter: 0.999 })
    .succeed("flaky", { value: "at last" })
    .fail("slow", { kind: "thrown", message: "The socket was closed." })
    .retry("hopeless")
    .fail("final", { kind: "thrown", message: "Do not try again.", final: true }, { partial: { value: 7 } })
    .fail("hopeless", exit)
    .retry("slow")
    .succeed("slow", { value: 3 })
    .succeed("after-all")
    .succeed("twice", { value: "sink" }).commits;
}

/** A failure of every kind, each with the fields that go with it, and nothing that succeeds. */
export function everyFailure(): readonly Commit[] {
  const failures: readonly Failure[] = [
    exit,
    { kind: "exit", message: "The shell ended with code 127.", exitCode: 127, final: true },
    { kind: "signal", message: "It was ended by SIGSEGV.", signal: "SIGSEGV" },
    { kind: "thrown", message: "TypeError: x is not a function\n    at run (task.js:3:1)" },
    { kind: "launch", message: "There is no program nmp.", final: true },
    { kind: "output", message: "The output is not JSON: it holds a cycle.", final: true },
    { kind: "timedOut", message: "The executor itself ran out of time." },
    { kind: "aborted", message: "It ended as if it had been told to." },
    { kind: "executor", message: "The executor reported twice.", final: true },
    { kind: "agent", message: "The agent said nothing.", code: "assistant-final-empty" },
    { kind: "truncated", message: "The answer was cut off at the model's limit.", final: true },
  ];
  const steps = failures.map(({ kind }, index): StepDocument => ({ id: `${kind.toLowerCase()}-${index}`, task: kind }));
  const recorder = new Recorder("failures-1").start(graphOf("failures", steps, { concurrency: 4 }));
  for (const [index, { id }] of steps.entries()) {
    const evidence = artifactOf(`${id}.stderr.txt`, 17_000 + index);
    const part = { pointer: "/stderr", artifact: evidence, encoding: "text" as const };
    const rest = { artifacts: [evidence], partial: { value: { stderr: null }, spilled: [part] } };
    recorder.fail(id, failures[index]!, index % 2 === 0 ? {} : rest);
  }
  return recorder.commits;
}

/** Attempts that pass their deadline, and how each of them then ends. */
export function timeouts(): readonly Commit[] {
  const retry = { attempts: 2, backoffSeconds: 3 };
  const steps: StepDocument[] = [
    { id: "late", command: ["sleep", "60"], timeoutSeconds: 30 },
    { id: "again", task: "again", timeoutSeconds: 0.001, retry: { attempts: 2 } },
    { id: "fails", task: "fails", timeoutSeconds: 20 },
    { id: "forced", task: "forced", timeoutSeconds: 20, retry },
    { id: "good", task: "good" },
    { id: "next", task: "next", needs: ["late"], after: ["again"] },
    { id: "then", task: "then", after: ["late", "next"] },
  ];
  const tooLate = artifactOf("late.stdout.txt", 30_000);
  const spilled = { value: null, spilled: [{ pointer: "", artifact: tooLate, encoding: "text" as const }] };
  return new Recorder("timeouts-1")
    .start(graphOf("timeouts", steps))
    .succeed("good", { value: "in time" })
    .timeOut("late")
    .progress("late", { kind: "note", message: "Nearly there.", fraction: 1 })
    .timeOut("again")
    .timeOut("fails")
    .take({ type: "step.succeed", step: "late", attempt: 1, output: spilled, artifacts: [tooLate] })
    .succeed("again", { value: "too late, but tried again" })
    .fail("fails", { kind: "signal", message: "It was ended by SIGTERM.", signal: "SIGTERM" })
    .timeOut("forced")
    .fail("forced", { kind: "timedOut", message: "It was stopped at its deadline." }, { jitter: 0.5 })
    .retry("forced")
    .succeed("again", { value: 2 })
    .timeOut("forced")
    .fail("forced", { kind: "timedOut", message: "It was stopped at its deadline." }, { partial: { value: "half" } })
    .succeed("then").commits;
}
