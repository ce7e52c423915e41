import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decodeCommit, encodeCommit } from "../../../src/adapters/journals/commit-codec.ts";
import type { Commit } from "../../../src/domain/commit.ts";
import { commitAfter } from "./sample-commits.ts";

const fields = [
  "type",
  "graph",
  "output",
  "failure",
  "partial",
  "report",
  "places",
  "owner",
  "reason",
  "__proto__",
  "toString",
];

/** Inputs and events over one small pool of payloads and field names, so that they often share. */
const commits: fc.Arbitrary<Commit> = fc
  .array(fc.oneof(fc.json().map(parse), fc.string({ unit: "binary", minLength: 30, maxLength: 60 })), {
    minLength: 1,
    maxLength: 4,
  })
  .chain((pool) => {
    const payload = fc.constantFrom(...pool);
    const record = fc
      .array(fc.tuple(fc.constantFrom(...fields), payload), { maxLength: 6 })
      .map((entries) => Object.fromEntries(entries));
    return fc
      .record({ input: record, events: fc.array(record, { minLength: 1, maxLength: 4 }) })
      .map((payloads) => Object.assign(commitAfter(0), payloads));
  });

test("whatever a commit holds, what is decoded is the same JSON text, field order included", () => {
  fc.assert(
    fc.property(commits, (commit) => {
      const before = JSON.stringify(commit);
      expect(JSON.stringify(decodeCommit(encodeCommit(commit)))).toBe(before);
      expect(JSON.stringify(commit)).toBe(before);
    }),
  );
});

test("a payload that stands in the input and in an event is written once", () => {
  const marker = "a payload of some length, which is to be written once";
  for (const payload of [marker, { text: marker }, [marker]]) {
    for (const field of ["graph", "output", "failure", "partial", "report", "places", "owner", "message"]) {
      const commit = Object.assign(commitAfter(0), {
        input: { first: 1, [field]: payload, last: 2 },
        events: [{ type: "other" }, { [field]: payload, type: "has it" }],
      });
      const text = encodeCommit(commit);
      expect(text.split(marker)).toHaveLength(2);
      expect(JSON.stringify(decodeCommit(text))).toBe(JSON.stringify(commit));
    }
  }
});

test("equal payloads that are not the same object are both written", () => {
  const commit = Object.assign(commitAfter(0), {
    input: { output: { value: [1] } },
    events: [{ output: { value: [1] } }],
  });
  expect(encodeCommit(commit)).toBe(JSON.stringify(commit));
});

function parse(text: string): unknown {
  return JSON.parse(text);
}
