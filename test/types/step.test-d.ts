import { describe, expectTypeOf, it } from "vitest";
import { agent, command, defineGraph, registeredTask, shell, step, task } from "runfold";
import type { CommandOutput, Ended, Graph, OutputOf, Step, TaskContext } from "runfold";

const log = step("log", { run: command("git", ["log"]) });
const size = step("size", { run: shell("du -sh .") });
const count = step("count", { run: task(() => 5) });

const defineAll = (): Graph => defineGraph("graph", { objective: "To be typed.", steps: [log, count, size] });

describe("the output of a step", () => {
  it("of a command or a script is what it wrote", () => {
    expectTypeOf(log).toEqualTypeOf<Step<CommandOutput>>();
    expectTypeOf(size).toEqualTypeOf<Step<CommandOutput>>();
    expectTypeOf<OutputOf<typeof log>>().toEqualTypeOf<CommandOutput>();
  });

  it("of an agent is its answer, also where a command runs it", () => {
    expectTypeOf(step("a", { run: agent({ kind: "pi", task: "x", system: "y" }) })).toEqualTypeOf<Step<string>>();
    expectTypeOf(step("b", { run: command("claude", ["-p", "x"], { parser: "claude" }) })).toEqualTypeOf<
      Step<string>
    >();
    expectTypeOf(step("c", { run: shell("codex exec", { parser: "codex" }) })).toEqualTypeOf<Step<string>>();
    step("d", {
      needs: { review: step("e", { run: agent({ kind: "codex", task: "x" }) }) },
      run: task(({ review }) => expectTypeOf(review).toEqualTypeOf<string>()),
    });
  });

  it("of a task is what it returns, at once or later", () => {
    expectTypeOf(count).toEqualTypeOf<Step<number>>();
    expectTypeOf(step("a", { run: task(async () => "text") })).toEqualTypeOf<Step<string>>();
    expectTypeOf(step("b", { run: task(() => Promise.resolve([1])) })).toEqualTypeOf<Step<number[]>>();
  });

  it("of a task that returns nothing is null", () => {
    expectTypeOf(step("a", { run: task(() => undefined) })).toEqualTypeOf<Step<null>>();
    expectTypeOf(step("b", { run: task(() => {}) })).toEqualTypeOf<Step<null>>();
    expectTypeOf(step("c", { run: task(async () => {}) })).toEqualTypeOf<Step<null>>();
  });

  it("of a task that may return one thing or another is either", () => {
    const either = step("a", { needs: { count }, run: task(({ count: found }) => (found > 1 ? "many" : found)) });
    expectTypeOf<OutputOf<typeof either>>().toEqualTypeOf<number | "many">();
  });

  it("of a task is what JSON makes of what it returns", () => {
    const dated = step("a", { run: task(async () => ({ at: new Date(0), size: 5, left: undefined })) });
    expectTypeOf<OutputOf<typeof dated>>().toEqualTypeOf<{ at: string; size: number; left?: undefined }>();
    step("b", {
      needs: { dated },
      after: { ended: dated },
      run: task(async ({ dated: found }, { after }) => {
        expectTypeOf(found.at).toEqualTypeOf<string>();
        if (after.ended.status === "succeeded") expectTypeOf(after.ended.output.at).toEqualTypeOf<string>();
        return found.size;
      }),
    });
    expectTypeOf(step("c", { run: task(() => new Map([[1, 2]])) })).toEqualTypeOf<Step<never>>();
    expectTypeOf(step("d", { run: registeredTask<Date>("clock") })).toEqualTypeOf<Step<string>>();
  });

  it("of a task may be what a type of the caller's says", () => {
    interface Report {
      readonly lines: readonly string[];
      readonly kind: "short" | "long";
    }
    const report = step("a", { run: task((): Report => ({ lines: [], kind: "short" })) });
    expectTypeOf(report).toEqualTypeOf<Step<Report>>();
    const typed: Step<Report> = step("b", { run: task(async () => ({ lines: ["x"], kind: "long" })) });
    expectTypeOf(typed).toEqualTypeOf<Step<Report>>();
  });

  it("of a task by name is what the caller says it is, and unknown where nobody does", () => {
    expectTypeOf(step("a", { run: registeredTask<{ sum: number }>("adder") })).toEqualTypeOf<Step<{ sum: number }>>();
    expectTypeOf(step("b", { run: registeredTask("adder") })).toEqualTypeOf<Step>();
  });

  it("of a task that is written without task() is known too", () => {
    expectTypeOf(step("a", { needs: { count }, run: ({ count: found }) => `${found}` })).toEqualTypeOf<Step<string>>();
  });
});

describe("what a task is given", () => {
  it("are the outputs of its needs, by local name", () => {
    step("report", {
      needs: { history: log, total: count },
      run: task((needs) => {
        expectTypeOf(needs).toEqualTypeOf<{ readonly history: CommandOutput; readonly total: number }>();
      }),
    });
  });

  it("are the ends of the steps it comes after, whose outputs are known once they succeeded", () => {
    step("report", {
      after: { total: count },
      run: task((_needs, { after }) => {
        expectTypeOf(after).toEqualTypeOf<{ readonly total: Ended<number> }>();
        if (after.total.status === "succeeded") expectTypeOf(after.total.output).toEqualTypeOf<number>();
        else expectTypeOf(after.total.message).toEqualTypeOf<string>();
      }),
    });
  });

  it("is a context that tells it when to stop, and lets it tell how far it is", () => {
    step("report", {
      run: task((_needs, context) => {
        expectTypeOf(context).toExtend<TaskContext<unknown>>();
        expectTypeOf(context.signal).toEqualTypeOf<AbortSignal>();
        expectTypeOf(context.progress).toEqualTypeOf<(message: string, fraction?: number) => void>();
        expectTypeOf(context.attempt).toEqualTypeOf<number>();
      }),
    });
  });

  it("keeps its types through three levels of steps", () => {
    const one = step("one", { needs: { log }, run: task(({ log: text }) => text.stdout.split("\n")) });
    const two = step("two", { needs: { one }, run: task(async ({ one: lines }) => ({ lines, count: lines.length })) });
    const three = step("three", {
      needs: { two, one },
      run: task(({ two: found }) => [found.count, new Date(found.count)] as const),
    });
    expectTypeOf<OutputOf<typeof one>>().toEqualTypeOf<string[]>();
    expectTypeOf<OutputOf<typeof two>>().toEqualTypeOf<{ lines: string[]; count: number }>();
    expectTypeOf<OutputOf<typeof three>>().toEqualTypeOf<readonly [number, string]>();
  });
});

describe("a graph", () => {
  it("takes steps of any output", () => {
    expectTypeOf(defineAll).returns.toEqualTypeOf<Graph>();
  });
});
