import { expect, test } from "vitest";
import { checkedResult } from "../../../src/actors/checked-result.ts";
import type { AttemptResult } from "../../../src/ports/executor.ts";

const given = (value: unknown): AttemptResult => ({ type: "succeeded", output: { value: value as never } });

test.each([null, true, 0, -1.5, "", "text", "😀".repeat(100)])("%j is passed as it is, without a copy", (value) => {
  const result = given(value);
  expect(checkedResult(result)).toBe(result);
});

test("what JSON leaves out is left out before the journal sees it", () => {
  const checked = checkedResult(given({ kept: 1, lost: undefined, when: new Date(0) }));
  expect(checked).toEqual(given({ kept: 1, when: "1970-01-01T00:00:00.000Z" }));
});

const cyclic: Record<string, unknown> = {};
cyclic["self"] = cyclic;

test.each([
  ["a bigint", 1n],
  ["a cycle", cyclic],
  ["nothing", undefined],
  ["a function", () => 1],
])("%s is a failure of the executor, not of the run", (_what, value) => {
  expect(checkedResult(given(value))).toMatchObject({ type: "failed", failure: { kind: "executor" } });
});

test("an output that belongs into an artifact is a failure that says so", () => {
  const checked = checkedResult(given("x".repeat(40_000)));
  expect(checked).toMatchObject({ failure: { message: expect.stringContaining("32768 bytes") } });
});

test("a failure outlives evidence that cannot be kept", () => {
  const failure = { kind: "exit", message: "code 1", exitCode: 1 } as const;
  const checked = checkedResult({ type: "failed", failure, partial: { value: 1n as never } });
  expect(checked).toEqual({ type: "failed", failure });
});

test.each([undefined, null, "succeeded", {}, { type: "succeeded" }, { type: "failed", failure: {} }, { type: "done" }])(
  "%j is no result",
  (answer) => {
    expect(checkedResult(answer as never)).toMatchObject({ failure: { kind: "executor" } });
  },
);

const spent = { inputTokens: 7, outputTokens: 0, cacheReadTokens: 1, costUsd: 0.5, turns: 2, model: "small" };

test("usage is kept with a success and with a failure", () => {
  expect(checkedResult({ ...given(1), usage: spent })).toEqual({ ...given(1), usage: spent });
  const failure = { kind: "agent", message: "It said nothing." } as const;
  const result: AttemptResult = { type: "failed", failure, partial: { value: "half" }, usage: spent };
  expect(checkedResult(result)).toEqual(result);
  expect(checkedResult({ ...given(1n), usage: spent })).toMatchObject({ type: "failed", usage: spent });
});

test.each<[string, unknown, unknown]>([
  ["no object", 7, undefined],
  ["no tokens", { costUsd: 1 }, undefined],
  ["negative tokens", { inputTokens: -1, outputTokens: 0 }, undefined],
  ["tokens that are no number", { inputTokens: Number.NaN, outputTokens: 0 }, undefined],
  ["an endless cost", { ...spent, costUsd: Number.POSITIVE_INFINITY }, { ...spent, costUsd: undefined }],
  ["a model that is no text", { ...spent, model: 7 }, { ...spent, model: undefined }],
  ["more than is known", { ...spent, secret: "x" }, spent],
])("usage with %s is kept as far as it is any", (_what, usage, kept) => {
  const checked = checkedResult({ ...given(1), usage: usage as never });
  expect(checked).toEqual({ ...given(1), ...(kept === undefined ? {} : { usage: kept }) });
});
