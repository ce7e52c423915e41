import { configureGlobal } from "fast-check";
import { refuseWarnings } from "./refuse-warnings.ts";
import { verifyAllJournals } from "./verified-journals.ts";

/** One seed for all property tests of a test process; `FC_SEED=… npx vitest run FILE` repeats a failure, `FC_RUNS` sets the effort. */
const environment = process.env;
const seed = Number(environment["FC_SEED"] ?? Date.now() % 2 ** 31);
const runs = environment["FC_RUNS"];
configureGlobal({ seed, ...(runs === undefined ? {} : { numRuns: Number(runs) }) });

verifyAllJournals();
refuseWarnings();
