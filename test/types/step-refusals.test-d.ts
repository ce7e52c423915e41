/* oxlint-disable vitest/expect-expect -- What is expected here are errors of the compiler; each names its reason. */
import { describe, it } from "vitest";
import { agent, command, defineGraph, shell, step, task } from "runfold";
import type { Step } from "runfold";

const log = step("log", { run: command("git", ["log"]) });
const count = step("count", { run: task(() => 5) });

describe("what does not compile", () => {
  it("is a need that the step does not have", () => {
    // @ts-expect-error: `other` is not among the needs.
    step("bad", { needs: { count }, run: task(({ other }) => other) });
  });

  it("is a property that the output of a need does not have", () => {
    // @ts-expect-error: the output of a command has no `lines`.
    step("bad", { needs: { log }, run: task(({ log: text }) => text.lines) });
  });

  it("is a use of a need as something that it is not", () => {
    // @ts-expect-error: a number has no `trim`.
    step("bad", { needs: { count }, run: task(({ count: found }) => found.trim()) });
  });

  it("is a use of a need as what it was before it travelled as JSON", () => {
    const dated = step("dated", { run: task(() => ({ at: new Date(0) })) });
    // @ts-expect-error: the date has become a string.
    step("bad", { needs: { dated }, run: task(({ dated: found }) => found.at.getTime()) });
    const mapped = step("mapped", { run: task(() => new Map([["a", 1]])) });
    // @ts-expect-error: a map is refused, so the step that needs it never gets one.
    step("bad", { needs: { mapped }, run: task(({ mapped: found }) => found.get("a")) });
    const nothing = step("nothing", { run: task(async () => {}) });
    // @ts-expect-error: nothing has become null.
    const gone: Step<void> = nothing;
    return gone;
  });

  it("is the output of a step that the task only comes after, before its status is known", () => {
    step("bad", {
      after: { count },
      run: task((_needs, { after }) => {
        // @ts-expect-error: it may have ended without an output.
        const found: number = after.count.output;
        return found;
      }),
    });
  });

  it("is a step of `after` taken for one of `needs`, or the other way round", () => {
    // @ts-expect-error: `count` is not among the needs.
    step("bad", { after: { count }, run: task(({ count: found }) => found) });
    // @ts-expect-error: `count` is not among those that the step comes after.
    step("bad", { needs: { count }, run: task((_needs, { after }) => after.count) });
  });

  it("is a dependency by id, or on what is not a step", () => {
    // @ts-expect-error: dependencies are steps, not ids.
    step("bad", { needs: ["count"], run: shell("true") });
    // @ts-expect-error: dependencies are steps, not ids.
    step("bad", { needs: { count: "count" }, run: shell("true") });
  });

  it("is a cycle: a step is not there before it is defined", () => {
    // @ts-expect-error: `ring` is used before it is assigned, and so has no type.
    const ring = step("ring", { needs: { ring }, run: shell("true") });
    return ring;
  });

  it("is a step without work, with two works, or with a work that is no function", () => {
    // @ts-expect-error: `run` is missing.
    step("bad", {});
    // @ts-expect-error: `command` is not an option; the work stands in `run`.
    step("bad", { run: shell("true"), command: ["true"] });
    // @ts-expect-error: a command is made by `command()`.
    step("bad", { run: ["true"] });
  });

  it("is an agent without a task, or a parser that is no name", () => {
    // @ts-expect-error: the task is missing.
    step("bad", { run: agent({ kind: "pi", system: "Be brief." }) });
    // @ts-expect-error: a parser is named by a text.
    step("bad", { run: command("claude", [], { parser: true }) });
    // @ts-expect-error: options without a parser say nothing.
    step("bad", { run: shell("claude", {}) });
  });

  it("is an option that a step does not have, or one of the wrong kind", () => {
    // @ts-expect-error: it is `timeoutSeconds`.
    step("bad", { run: shell("true"), timeout: 5 });
    // @ts-expect-error: a retry policy says how many attempts.
    step("bad", { run: shell("true"), retry: 3 });
    // @ts-expect-error: variables are texts.
    step("bad", { run: shell("true"), env: { COUNT: 1 } });
    // @ts-expect-error: an interrupted attempt is retried or failed.
    step("bad", { run: shell("true"), onInterrupted: "ignore" });
  });

  it("is an option given as undefined, which is not the same as left out", () => {
    // @ts-expect-error: leave it out instead.
    step("bad", { run: shell("true"), cwd: undefined });
  });

  it("is a step that is taken for one of another output", () => {
    // @ts-expect-error: it gives a number.
    const text: Step<string> = count;
    return text;
  });

  it("is a graph of anything but steps, or without an objective", () => {
    // @ts-expect-error: steps are values, not ids.
    void (() => defineGraph("graph", { objective: "To be typed.", steps: ["log"] }));
    // @ts-expect-error: the objective is missing.
    void (() => defineGraph("graph", { steps: [log] }));
  });
});
