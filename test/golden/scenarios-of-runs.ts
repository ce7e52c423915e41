import type { Commit } from "../../src/domain/commit.ts";
import type { RetryDocument, StepDocument } from "../../src/domain/graph-document.ts";
import { Recorder, graphOf } from "./recorder.ts";

export const failed = { kind: "thrown", message: "It failed." } as const;

/** Steps in every phase that a cancel can meet. */
const steps: readonly StepDocument[] = [
  { id: "done", task: "done" },
  { id: "lost", task: "lost", timeoutSeconds: 10 },
  { id: "waiting", task: "waiting", retry: { attempts: 3, backoffSeconds: 60 } },
  { id: "quick", task: "quick" },
  { id: "stuck", command: ["sleep", "600"] },
  { id: "queued", task: "queued" },
  { id: "held", task: "held", needs: ["stuck", "done"] },
  { id: "tail", task: "tail", after: ["held", "lost"] },
];

/** A run with a step that ended, one past its deadline, one that waits for a retry, two that run and three that do not yet. */
export function inFullSwing(run: string, retentionSeconds?: number): Recorder {
  const limits = { concurrency: 4, ...(retentionSeconds === undefined ? {} : { retentionSeconds }) };
  return new Recorder(run)
    .start(graphOf("stopping", steps, { ...limits, maxRunSeconds: 120 }))
    .succeed("done", { value: { "made before": ["the stop"] } })
    .fail("waiting", failed, { jitter: 0.125, partial: { value: "first try" } })
    .timeOut("lost");
}

/** Asked for gently, then by force, and what is still under way reports until its end. */
export function canceledThenForced(): readonly Commit[] {
  return inFullSwing("canceled-1")
    .cancel("The branch was deleted.")
    .progress("stuck", { kind: "text", stream: "stdout", text: "stopping…\n", totalChars: 10 })
    .succeed("quick", { value: "decided before the stop" })
    .cancel("Now, please.", true)
    .fail("lost", { kind: "signal", message: "It was ended by SIGKILL.", signal: "SIGKILL" })
    .abort("stuck", { value: "what it had" })
    .abort("queued").commits;
}

export function canceledByForce(): readonly Commit[] {
  return inFullSwing("canceled-2", 60)
    .cancel("", true)
    .abort("lost")
    .abort("quick")
    .fail("stuck", { kind: "signal", message: "It was ended by SIGKILL.", signal: "SIGKILL" })
    .abort("queued")
    .take({ type: "run.clean", reason: "Asked for on the command line." }).commits;
}

/** Out of time, then canceled by force, which does not make it a cancel. */
export function expiredThenForced(): readonly Commit[] {
  return inFullSwing("expired-1")
    .take({ type: "run.expire" }, 120_000)
    .succeed("quick", { value: 1 })
    .take({
      type: "diagnostic.record",
      code: "slow-stop",
      severity: "warning",
      message: "It stops slowly.",
      step: "stuck",
    })
    .cancel("It takes too long.", true)
    .abort("stuck")
    .abort("lost")
    .abort("queued").commits;
}

/** Retries that come just before the run's deadline, just at it, and after it. */
export function retriesAtTheDeadline(): readonly Commit[] {
  const retry = (backoffSeconds: number): RetryDocument => ({ attempts: 2, backoffSeconds });
  const three: readonly StepDocument[] = [
    { id: "before", task: "before", retry: retry(9.999) },
    { id: "at", task: "at", retry: retry(10) },
    { id: "after", task: "after", retry: retry(10.001) },
  ];
  const recorder = new Recorder("deadline-1").start(graphOf("deadline", three, { maxRunSeconds: 15 }));
  recorder.fail("before", failed, {}, 5_000).fail("at", failed, {}, 0).fail("after", failed, {}, 0);
  return recorder
    .take({ type: "step.retry", step: "before", attempt: 1 }, 9_999)
    .take({ type: "run.expire" }, 1)
    .abort("before").commits;
}

/** Its writer is gone: steps running, past their deadline, waiting for a retry, and not started. */
export function unfinished(): readonly Commit[] {
  return inFullSwing("unfinished-1")
    .progress("stuck", { kind: "note", message: "Halfway.", fraction: 0.5 })
    .take({ type: "diagnostic.record", code: "note", severity: "info", message: "Somebody looked." }).commits;
}

/** Its writer is gone while it was being ended. */
export function unfinishedWhileCanceling(): readonly Commit[] {
  return inFullSwing("unfinished-2").cancel("Not wanted any more.").abort("quick").commits;
}

/** As many diagnostics as one run records, the last of which says so. */
export function diagnostics(): readonly Commit[] {
  const recorder = new Recorder("diagnostics-1").start(graphOf("diagnostics", [{ id: "only", task: "only" }]));
  for (let number = 0; number < 100; number++) {
    const severity = (["info", "warning", "error"] as const)[number % 3]!;
    const step = number % 4 === 0 ? { step: "only" } : {};
    recorder.take({
      type: "diagnostic.record",
      code: `code-${number % 7}`,
      severity,
      message: `No. ${number}.`,
      ...step,
    });
  }
  return recorder.succeed("only").commits;
}

/** Text that goes wrong where it is cut, joined, split into lines or counted in another unit. */
export function unicode(): readonly Commit[] {
  const family = "👩‍👩‍👧‍👦 🇦🇹 é e\u0301 ﷽";
  const lines = "one\u2028two\u2029three\u0085four\r\nfive\ttab \u0000 \u001b[31mred\u001b[0m";
  const lone = "high \ud83d, low \ude00, swapped \ude00\ud83d";
  const overrides = "\u202eright to left\u202c \ufeff \u200b \uffff";
  // Assigning to `__proto__` would set the prototype; JSON means an ordinary property.
  const document = { "": 0, constructor: lines, [family]: lone, "\u2028": overrides };
  Object.defineProperty(document, "__proto__", { value: { toString: 1 }, enumerable: true });
  const long = "𝒳".repeat(300);
  const graph = graphOf("unicode", [
    { id: "words", shell: `echo '${family}'`, env: { TEXT: lone } },
    { id: "more", command: ["printf", lines.replace("\u0000", ""), ""], needs: ["words"] },
    { id: "last", task: overrides },
  ]);
  return new Recorder("unicode-1")
    .start({ ...graph, objective: `${family}\n${long}` })
    .progress("words", { kind: "text", stream: family, text: `${lines}\n${lone}`, totalChars: 80 })
    .progress("words", { kind: "note", message: `${lines} ${long}`, fraction: 0.1 })
    .progress("words", { kind: "text", stream: "stdout", text: `${long}\n\n`, omittedChars: 1, totalChars: 700 })
    .succeed("words", { value: document })
    .take({ type: "diagnostic.record", code: "words", severity: "error", message: overrides + lone, step: "last" })
    .fail("more", { kind: "exit", message: `${lone}\n${long}`, exitCode: 1 }, { partial: { value: [lines, lone] } })
    .cancel(`${family} ${lines} ${lone}`)
    .abort("last", { value: overrides }).commits;
}

/** More steps than slots, so that the order in which they start is part of the story. */
export function crowd(): readonly Commit[] {
  const ids = Array.from({ length: 24 }, (_none, index) => `s${index}`);
  const crowdOf = ids.map((id, index): StepDocument => ({
    id,
    task: "work",
    ...(index >= 6 && index % 3 !== 0 ? { needs: [ids[index - 6]!, ids[Math.floor(index / 2)]!] } : {}),
    ...(index >= 9 && index % 2 === 0 ? { after: [ids[index - 5]!] } : {}),
  }));
  const recorder = new Recorder("crowd-1").start(graphOf("crowd", crowdOf, { concurrency: 3 }));
  const running: string[] = [];
  const gather = (): void => {
    for (const event of recorder.commits.at(-1)!.events) if (event.type === "step.started") running.push(event.step);
  };
  gather();
  for (let turn = 0; running.length > 0; turn++) {
    const [id] = running.splice((turn * 5) % running.length, 1);
    if (turn % 6 === 4) recorder.fail(id!, failed, {}, 40);
    else recorder.succeed(id!, { value: turn }, 40);
    gather();
  }
  return recorder.commits;
}
