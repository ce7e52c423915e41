import type { Commit } from "../../src/domain/commit.ts";
import { realCommands } from "./real-commands.ts";
import { forkedWithMessages, lostWithMessages, talkedTo, toldTooMuch } from "./scenarios-of-agents.ts";
import { noticed, noticedAcrossCrash, noticedAtTheEnd } from "./scenarios-of-notices.ts";
import {
  forked,
  forkedFromSchema1,
  recovered,
  recoveredFromSchema1,
  recoveredTooLate,
  recoveredWhileCanceling,
} from "./scenarios-of-recovery.ts";
import {
  canceledByForce,
  canceledThenForced,
  crowd,
  diagnostics,
  expiredThenForced,
  retriesAtTheDeadline,
  unfinished,
  unfinishedWhileCanceling,
  unicode,
} from "./scenarios-of-runs.ts";
import { everyFailure, retriesAndBlocks, succeededAndCleaned, timeouts } from "./scenarios-of-steps.ts";

/** Every golden by its file name, and how it is made. */
export const recordings: Readonly<Record<string, () => readonly Commit[] | Promise<readonly Commit[]>>> = {
  "succeeded-and-cleaned": succeededAndCleaned,
  "retries-and-blocks": retriesAndBlocks,
  "every-failure": everyFailure,
  timeouts,
  "canceled-then-forced": canceledThenForced,
  "canceled-by-force": canceledByForce,
  "expired-then-forced": expiredThenForced,
  "retries-at-the-deadline": retriesAtTheDeadline,
  unfinished,
  "unfinished-while-canceling": unfinishedWhileCanceling,
  diagnostics,
  unicode,
  crowd,
  recovered,
  "recovered-while-canceling": recoveredWhileCanceling,
  "recovered-too-late": recoveredTooLate,
  "recovered-from-schema-1": recoveredFromSchema1,
  forked,
  "forked-from-schema-1": forkedFromSchema1,
  "talked-to": talkedTo,
  "told-too-much": toldTooMuch,
  "lost-with-messages": lostWithMessages,
  "forked-from-schema-2": forkedWithMessages,
  noticed,
  "noticed-across-a-crash": noticedAcrossCrash,
  "noticed-at-the-end": noticedAtTheEnd,
  "real-commands": realCommands,
};
