import type { Commit } from "../../src/domain/commit.ts";
import type { StepDocument } from "../../src/domain/graph-document.ts";
import { commitsOf } from "./journal-file.ts";
import { Recorder, graphOf } from "./recorder.ts";
import { failed, inFullSwing } from "./scenarios-of-runs.ts";

const steps: readonly StepDocument[] = [
  { id: "plain", task: "plain", retry: { attempts: 2, backoffSeconds: 1 } },
  { id: "again", shell: "make", onInterrupted: "retry", timeoutSeconds: 300 },
  { id: "once", command: ["rsync", "-a", "site/", "example.org:"], onInterrupted: "fail" },
  { id: "resumed", agent: { kind: "pi", task: "Go on." }, onInterrupted: "fail" },
  { id: "waiting", task: "waiting", retry: { attempts: 3, backoffSeconds: 30 } },
  { id: "need", task: "need", needs: ["once"] },
  { id: "tail", task: "tail", after: ["need", "plain"] },
];

/** Three owners: attempts that are made again, go on, or may not be made again; what was lost counts towards no retry. */
export function recovered(): readonly Commit[] {
  return new Recorder("recovered-1")
    .start(graphOf("recovery", steps, { concurrency: 5 }))
    .fail("waiting", failed)
    .progress("resumed", { kind: "note", message: "Half of it.", fraction: 0.5 })
    .recover(["resumed"])
    .retry("waiting")
    .fail("plain", failed)
    .retry("plain")
    .succeed("resumed", { value: "the same attempt" })
    .recover(["resumed", "nobody"])
    .fail("plain", failed, { partial: { value: "no attempt left" } })
    .succeed("again", { value: 3 })
    .succeed("waiting", { value: "late" })
    .succeed("tail").commits;
}

/** Taken over while it is being ended: the attempts that were being stopped have so come to their end. */
export function recoveredWhileCanceling(): readonly Commit[] {
  return inFullSwing("recovered-2").cancel("Not wanted any more.").recover().commits;
}

/** Taken over with an attempt past its deadline, and again after the run's own deadline. */
export function recoveredTooLate(): readonly Commit[] {
  return inFullSwing("recovered-3").recover(["stuck"], 2_000).timeOut("stuck").recover([], 3_600_000).commits;
}

/** Begun by the version before, taken over by this one: each commit stays as its version decided it. */
export function recoveredFromSchema1(): readonly Commit[] {
  return new Recorder("unfinished-1", commitsOf("schema-1", "unfinished"))
    .recover(["stuck"], 1_000)
    .succeed("stuck", { value: "taken over" })
    .fail("quick", failed)
    .fail("queued", { kind: "exit", message: "make ended with code 2.", exitCode: 2 })
    .succeed("held")
    .succeed("tail")
    .retry("waiting")
    .succeed("waiting").commits;
}

/** The same past once more: what was under way there is made again. */
export function forked(): readonly Commit[] {
  const past = new Recorder("origin-1")
    .start(graphOf("recovery", steps, { concurrency: 3, maxRunSeconds: 900 }))
    .succeed("plain", { value: ["kept"] })
    .recover(["resumed"]).commits;
  return new Recorder("forked-1", past)
    .fork()
    .succeed("again", { value: 2 })
    .recover()
    .fail("waiting", failed)
    .retry("waiting")
    .succeed("tail")
    .succeed("waiting", { value: "late" }).commits;
}

/** A past of the version before, under a graph that differs in what had not started: changed, taken out, added, and in another order. */
export function forkedFromSchema1(): readonly Commit[] {
  const past = commitsOf("schema-1", "unfinished").slice(0, 3);
  const started = past[0]!.events[0]!;
  if (started.type !== "run.started") throw new Error("a journal begins with run.started");
  const [done, lost, waiting, quick, stuck, queued] = started.graph.steps;
  const graph = graphOf(
    "edited",
    [
      { id: "new", task: "new", needs: ["done"], cwd: "repo" },
      { id: "held", shell: "cat", needs: ["done", "quick"], after: ["stuck"] },
      stuck!,
      queued!,
      quick!,
      waiting!,
      lost!,
      done!,
      { id: "end", task: "end", needs: ["held", "new"] },
    ],
    { concurrency: 3, maxRunSeconds: 60, retentionSeconds: 3_600 },
  );
  const place = { cwd: "repo", realPath: "/home/eve/site/repo", device: "2049", inode: "7" };
  return new Recorder("forked-2", past)
    .fork(graph, [place])
    .succeed("new", { value: "new work" })
    .take({ type: "diagnostic.record", code: "note", severity: "info", message: "Forked." })
    .cancel("Seen enough.", true)
    .abort("quick")
    .abort("queued")
    .abort("stuck", { value: "half" }).commits;
}
