import { describe } from "vitest";
import { appendClaims } from "./append-claims.ts";
import { followClaims } from "./follow-claims.ts";
import type { JournalHarness } from "./harness.ts";
import { inboxClaims } from "./inbox-claims.ts";
import { keepingClaims } from "./keeping-claims.ts";
import { noticeClaims } from "./notice-claims.ts";
import { pastClaims } from "./past-claims.ts";
import { readClaims } from "./read-claims.ts";
import { volumeClaims } from "./volume-claims.ts";

/** Everything that the port promises, for any adapter. One that passes has earned its name. */
export function journalSuite(name: string, harness: JournalHarness): void {
  describe(`the journal ${name}`, () => {
    appendClaims(harness);
    readClaims(harness);
    followClaims(harness);
    inboxClaims(harness);
    keepingClaims(harness);
    pastClaims(harness);
    noticeClaims(harness);
    volumeClaims(harness);
  });
}
