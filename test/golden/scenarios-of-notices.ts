import type { Commit } from "../../src/domain/commit.ts";
import { Recorder, graphOf } from "./recorder.ts";
import { failed } from "./scenarios-of-runs.ts";

/** Results one after the other, told at once, after a while, together, and those that nobody is told of before the end. */
export function noticed(): readonly Commit[] {
  const results = ["one", "two", "three", "four", "five", "six"].map((id) => ({ id, task: id }));
  const recorder = new Recorder("noticed-1").start({
    ...graphOf("noticed", results),
    notify: { mode: "milestones", maxNotices: 2, minIntervalSeconds: 5 },
  });
  return recorder
    .succeed("one")
    .take({ type: "diagnostic.record", code: "disk-slow", severity: "warning", message: "The disk is slow." })
    .take({ type: "diagnostic.record", code: "note", severity: "info", message: "Somebody looked." })
    .succeed("two")
    .take({ type: "notice.due", notice: 2 }, 2_500)
    .fail("three", failed)
    .succeed("four")
    .cancel("Enough.")
    .succeed("five")
    .abort("six").commits;
}

/** What waited for its time when the process was lost, and again when the run ended. */
export function noticedAcrossCrash(): readonly Commit[] {
  const steps = ["one", "two", "three"].map((id) => ({ id, task: id }));
  return new Recorder("noticed-2")
    .start({ ...graphOf("noticed", steps), notify: { minIntervalSeconds: 60 } })
    .succeed("one")
    .succeed("two")
    .recover()
    .take({ type: "notice.due", notice: 2 }, 40_000)
    .fail("three", failed).commits;
}

/** Only its end is told; and of another one nothing. */
export function noticedAtTheEnd(): readonly Commit[] {
  const steps = ["one", "two"].map((id) => ({ id, task: id }));
  return new Recorder("noticed-3")
    .start({ ...graphOf("noticed", steps), notify: { mode: "final" } })
    .succeed("one")
    .timeOut("two")
    .fail("two", { kind: "timedOut", message: "It took too long." }).commits;
}
