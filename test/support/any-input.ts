import * as fc from "fast-check";
import type { Failure } from "../../src/domain/failure.ts";
import type { Input } from "../../src/domain/inputs.ts";

/** A number that is an attempt, or was, or never can be. */
const attempts = fc.oneof(fc.constantFrom(1, 1, 2, 3), fc.constantFrom(0, -1, 1.5, 256, Number.MAX_SAFE_INTEGER));
const texts = fc.oneof(fc.constantFrom("", "code", "__proto__"), fc.string({ unit: "grapheme", maxLength: 8 }));
const jitters = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const values = fc.constantFrom(null, "text", 0, { deep: [true] });
const stored = fc.record({ value: values });
const severities = fc.constantFrom<"info" | "warning" | "error">("info", "warning", "error");
const artifacts = fc.array(fc.record({ name: texts, bytes: fc.nat(), sha256: fc.constant("0".repeat(64)) }), {
  maxLength: 2,
});
const failures: fc.Arbitrary<Failure> = fc.record(
  {
    kind: fc.constantFrom("thrown", "timedOut", "aborted", "launch", "exit"),
    message: texts,
    final: fc.constant(true),
  },
  { requiredKeys: ["kind", "message"] },
);

const channels = fc.constantFrom<"steer" | "follow_up">("steer", "follow_up");
/** Few, so that the same is often said again; and some that no budget has room for. */
const messageTexts = fc.constantFrom("Stop.", "Go on.", "Go on.", "", "x".repeat(30_000), "x".repeat(50_001));
const keys = fc.constantFrom("k1", "k1", "k2", "", "__proto__");
const messageNumbers = fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constantFrom(0, -1, 1.5, Number.MAX_SAFE_INTEGER));
const outcomes = fc.constantFrom<"accepted" | "consumed" | "denied" | "unknown">(
  "accepted",
  "consumed",
  "denied",
  "unknown",
);

function of<Type extends Input["type"]>(type: Type): fc.Arbitrary<Type> {
  return fc.constant(type);
}

/**
 * Any input that has the shape of one, whoever sent it and whether or not it makes sense now: steps that do not exist, attempts
 * that never were, commands at the wrong time. `steps` are the ids to draw from.
 */
export function anyInput(steps: readonly string[]): fc.Arbitrary<Input> {
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...steps) },
    { weight: 1, arbitrary: fc.constantFrom("stranger", "", "__proto__", "constructor") },
  );
  const attempt = attempts;
  const note = fc.record({ kind: fc.constant("note" as const), message: texts });
  return fc.oneof(
    { weight: 1, arbitrary: fc.record({ type: of("run.cancel"), reason: texts, force: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ type: of("run.clean"), reason: texts }) },
    { weight: 1, arbitrary: fc.record({ type: of("run.expire") }) },
    {
      weight: 2,
      arbitrary: fc.record(
        { type: of("diagnostic.record"), code: texts, severity: severities, message: texts, step },
        { requiredKeys: ["type", "code", "severity", "message"] },
      ),
    },
    { weight: 2, arbitrary: fc.record({ type: of("step.progress"), step, attempt, report: note }) },
    {
      weight: 6,
      arbitrary: fc.record(
        { type: of("step.succeed"), step, attempt, output: stored, artifacts },
        { requiredKeys: ["type", "step", "attempt", "output"] },
      ),
    },
    {
      weight: 5,
      arbitrary: fc.record(
        { type: of("step.fail"), step, attempt, failure: failures, partial: stored, artifacts, jitter: jitters },
        { requiredKeys: ["type", "step", "attempt", "failure", "jitter"] },
      ),
    },
    { weight: 2, arbitrary: fc.record({ type: of("step.timeOut"), step, attempt }) },
    { weight: 3, arbitrary: fc.record({ type: of("step.retry"), step, attempt }) },
    {
      weight: 6,
      arbitrary: fc.record(
        { type: of("message.send"), step, channel: channels, text: messageTexts, key: keys },
        { requiredKeys: ["type", "step", "channel", "text"] },
      ),
    },
    {
      weight: 4,
      arbitrary: fc.record(
        { type: of("message.report"), step, attempt, message: messageNumbers, outcome: outcomes, reason: texts },
        { requiredKeys: ["type", "step", "attempt", "message", "outcome"] },
      ),
    },
  );
}
