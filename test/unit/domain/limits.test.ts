import { describe, expect, it } from "vitest";
import { runIdPattern, stepIdPattern } from "../../../src/domain/ids.ts";
import { limits } from "../../../src/domain/limits.ts";

/** Pairs of which the first is never above the second, each with the reason. */
const notAbove: readonly (readonly [number, number, string])[] = [
  [limits.concurrencyDefault, limits.concurrencyMax, "the default concurrency is allowed"],
  [limits.concurrencyMax, limits.stepsMax, "there are never more slots than steps"],
  [limits.stepTimeoutSecondsDefault, limits.stepTimeoutSecondsMax, "the default timeout is allowed"],
  [limits.stepTimeoutSecondsMax, limits.runSecondsMax, "a step may not outlast the longest run"],
  [limits.runSecondsDefault, limits.runSecondsMax, "the default deadline is allowed"],
  [limits.runSecondsMax, limits.waitSecondsMax, "one wait can cover a whole run"],
  [limits.durationSecondsMin, limits.backoffSecondsMax, "the shortest time is allowed as a backoff"],
  [limits.backoffSecondsMax, limits.runSecondsMax, "a retry may come before its run has to end"],
  [limits.notifyNoticesDefault, limits.notifyNoticesMax, "the default number of notices is allowed"],
  [limits.notifyIntervalSecondsDefault, limits.notifyIntervalSecondsMax, "the default interval is allowed"],
  [limits.stepsMax, limits.edgesMax, "a chain through all steps has room for its edges"],
  [limits.reasonCharsMax, limits.textCharsMax, "a reason is no longer than a text"],
  [limits.inlinePayloadBytesMax, limits.loadedOutputBytesMax, "what an event holds can be loaded"],
  [limits.inlinePayloadBytesMax, limits.inputVariableBytesMax, "what an event holds fits into a variable"],
  [limits.inputVariableBytesMax, limits.environmentValueCharsMax, "an upstream output is allowed as a variable"],
  [limits.inputVariableBytesMax, limits.commandStreamBytesMax, "what fits into a variable may be written to a stream"],
  [limits.outputTailCharsMax, limits.inlinePayloadBytesMax, "the tail of a stream can stand in an event"],
  [limits.progressTextCharsMin, limits.progressTextCharsMax, "text that is due fits into one event"],
  [limits.failureMessageCharsMax, limits.inlinePayloadBytesMax, "a failure's message stands in its event"],
  [limits.progressTextCharsMax, limits.inlinePayloadBytesMax, "a piece of text stands in its event"],
  [limits.streamCloseGraceMs, limits.abortGraceMs, "pipes are closed before a stop becomes a kill"],
  [limits.liveRunsMax, limits.rememberedRunsMax, "live runs are remembered"],
  [limits.receiptEventsMax, limits.readCommitsMax, "a receipt is made from one read"],
  [limits.commandArgumentCharsMax, 128 * 1_024 - 1, "one argument stays below what Linux takes"],
  [limits.environmentValueCharsMax, 128 * 1_024 - 1, "one variable stays below what Linux takes"],
  [limits.graphFileBytesMax, 2 ** 29 - 24, "a graph's text fits into one string"],
  [limits.loadedOutputBytesMax, 2 ** 29 - 24, "a loaded output fits into one string"],
  [2 * limits.graphFileBytesMax, limits.archiveLineCharsMax, "the start of a run can be exported with its graph twice"],
  [limits.archiveLineCharsMax, limits.archiveCharsMax, "the longest line fits into an export"],
  [limits.archiveLineCharsMax, 2 ** 29 - 24, "a line of an export fits into one string"],
  [limits.attemptsMax + limits.interruptionsMax, 255, "an attempt's number fits into one byte of the run's state"],
  [2 * limits.leaseRenewMs, limits.leaseMs, "one sign of life may be missed"],
  [limits.recoveriesAtOnceMax, limits.liveRunsMax, "runs that are taken over are allowed to be live"],
];

describe("the limits", () => {
  it.each(notAbove.map(([low, high, reason]) => [reason, low, high] as const))("agree: %s", (_reason, low, high) => {
    expect(low).toBeLessThanOrEqual(high);
  });

  it("are positive, and whole numbers where they count something", () => {
    for (const [name, value] of Object.entries(limits)) {
      expect([name, value > 0]).toEqual([name, true]);
      const isCount = !/SecondsMin|Fraction/.test(name);
      expect([name, Number.isSafeInteger(value) || !isCount]).toEqual([name, true]);
    }
  });

  it("say what they are in their names: a maximum, a minimum, a default or a unit", () => {
    const odd = Object.keys(limits).filter((name) => !/(?:Max|Min|Default|Ms|Growth|Fraction)$/.test(name));
    expect(odd).toEqual([]);
  });

  it("of chance leave a wait above nothing", () => {
    expect(limits.backoffJitterFraction).toBeLessThan(1);
    expect(limits.backoffGrowth).toBeGreaterThanOrEqual(1);
  });

  it("of ids agree with the patterns of ids", () => {
    expect(stepIdPattern.source).toContain(`{0,${limits.stepIdCharsMax - 1}}`);
    expect(runIdPattern.source).toContain(`{0,${limits.runIdCharsMax - 1}}`);
  });

  it("keep timers within what a timer of Node can take, or are known to be longer", () => {
    const timerMsMax = 2 ** 31 - 1;
    expect(limits.runSecondsMax * 1_000).toBeLessThanOrEqual(timerMsMax);
    expect(limits.retentionSecondsMax * 1_000).toBeLessThanOrEqual(timerMsMax);
    expect(limits.waitSecondsMax * 1_000).toBeLessThanOrEqual(timerMsMax);
  });
});
