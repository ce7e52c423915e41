import { describe, expect, it } from "vitest";
import { step } from "../../../src/domain/step.ts";
import { command, registeredTask, shell, task, workDocumentOf } from "../../../src/domain/work.ts";

const one = (): number => 1;

describe("a work", () => {
  it("that an executor runs stands in a document", () => {
    expect(workDocumentOf(command("git", ["log"]))).toEqual({ command: ["git", "log"] });
    expect(workDocumentOf(command("ls"))).toEqual({ command: ["ls"] });
    expect(workDocumentOf(shell("ls | wc -l"))).toEqual({ shell: "ls | wc -l" });
    expect(workDocumentOf(registeredTask("sum"))).toEqual({ task: "sum" });
  });

  it("that is a function of this process stands in none", () => {
    expect(task(one)).toBe(one);
    expect(workDocumentOf(task(one))).toBeUndefined();
  });

  it("that an executor runs is not to be called", () => {
    const work = command("ls") as unknown as () => unknown;
    expect(work).toThrow(expect.objectContaining({ code: "invariant.broken" }));
  });

  it("is not changed by whoever made it", () => {
    const args = ["log"];
    const work = command("git", args);
    args.push("--all");
    expect(workDocumentOf(work)).toEqual({ command: ["git", "log"] });
  });
});

describe("a step", () => {
  const log = step("log", { run: command("git", ["log"]) });
  const size = step("size", { run: shell("du -sh .") });

  it("says in its document only what was said about it", () => {
    expect(log.document).toEqual({ id: "log", command: ["git", "log"] });
    expect(Object.keys(log.document)).toEqual(["id", "command"]);
    expect(log.binding).toBeUndefined();
    expect(log.dependencies).toEqual([]);
  });

  it("says all that was said about it", () => {
    const rest = {
      cwd: "src",
      env: { LANG: "C" },
      timeoutSeconds: 1.5,
      retry: { attempts: 2, backoffSeconds: 1 },
      onInterrupted: "retry",
    } as const;
    const built = step("build", { needs: { log }, after: { size }, run: shell("make"), ...rest });
    expect(built.document).toEqual({ id: "build", shell: "make", needs: ["log"], after: ["size"], ...rest });
    expect(built.dependencies).toEqual([log, size]);
  });

  it("of a function is a task under its own id, bound to the function and its local names", () => {
    const report = step("report", { needs: { text: log }, after: { bytes: size }, run: task(one) });
    expect(report.document).toEqual({ id: "report", task: "report", needs: ["log"], after: ["size"] });
    expect(report.binding?.call).toBe(one);
    expect(report.binding?.needs).toEqual(new Map([["text", "log"]]));
    expect(report.binding?.after).toEqual(new Map([["bytes", "size"]]));
  });

  it("of a registered task has no function here", () => {
    const sum = step("sum", { needs: { log }, run: registeredTask<number>("adder") });
    expect(sum.document).toEqual({ id: "sum", task: "adder", needs: ["log"] });
    expect(sum.binding).toBeUndefined();
  });

  it("may know one step by two names, and depends on it once", () => {
    const twice = step("twice", { needs: { one: log, other: log }, run: task(() => 1) });
    expect(twice.document.needs).toEqual(["log"]);
    expect(twice.binding?.needs).toEqual(
      new Map([
        ["one", "log"],
        ["other", "log"],
      ]),
    );
  });

  it("keeps the order in which its dependencies were named", () => {
    expect(step("x", { needs: { size, log }, run: shell("true") }).document.needs).toEqual(["size", "log"]);
  });

  it("never has an output: that is for types alone", () => {
    expect(log.output).toBeUndefined();
    expect("output" in log).toBe(false);
  });
});
