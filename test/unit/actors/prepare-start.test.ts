import { describe, expect, test } from "vitest";
import { isRunfoldError } from "runfold";
import { scriptedExecutor } from "runfold/testing";
import type { Executor, GraphDiagnostic, Place, StepDocument, WorkKind } from "runfold";
import { prepareStart } from "../../../src/actors/prepare-start.ts";
import type { Workspace } from "../../../src/ports/workspace.ts";

const place = (cwd: string): Place => ({ cwd, realPath: `/root/${cwd}`, device: "1", inode: cwd });
let inspected: string[] = [];
const workspace: Workspace = {
  realRoot: (root) => Promise.resolve(root),
  inspect: (_root, cwd) => {
    inspected.push(cwd);
    return Promise.resolve(cwd.startsWith("..") ? { code: "cwd-path-escape-denied", message: "outside" } : place(cwd));
  },
};

function prepare(steps: StepDocument[], ...executors: Executor[]): Promise<readonly Place[]> {
  inspected = [];
  const byKind = new Map<WorkKind, Executor>();
  for (const executor of executors) for (const kind of executor.kinds) byKind.set(kind, executor);
  return prepareStart("r1", { name: "g", objective: "o", steps }, "/root", byKind, workspace);
}

async function diagnosticsOf(preparing: Promise<unknown>): Promise<readonly GraphDiagnostic[]> {
  const error = await preparing.then(
    () => new Error("It was accepted."),
    (reason: unknown) => reason,
  );
  if (!isRunfoldError(error, "graph.invalid")) throw error;
  return error.details["diagnostics"] as readonly GraphDiagnostic[];
}

describe("before a run starts", () => {
  test("each working directory is looked at once", async () => {
    const steps = ["src", "lib", "src"].map((cwd, index) => ({ id: `s${index}`, task: "t", cwd }));
    expect(await prepare([...steps, { id: "none", task: "t" }], scriptedExecutor())).toEqual([
      place("src"),
      place("lib"),
    ]);
    expect(inspected).toEqual(["src", "lib"]);
  });

  test("everything that is wrong is said at once, each with its place and a repair", async () => {
    const refusing: Executor = {
      ...scriptedExecutor({ kinds: ["task"] }),
      refuses: (step) => (step.id === "b" ? "it is Tuesday" : undefined),
    };
    const steps: StepDocument[] = [
      { id: "a", command: ["ls"] },
      { id: "b", task: "b", cwd: "../out" },
      { id: "c", task: "c" },
    ];
    const found = await diagnosticsOf(prepare(steps, refusing));
    expect(found.map(({ code, pointer }) => `${code} ${pointer}`)).toEqual([
      "executor-missing /steps/0/command",
      "step-not-runnable /steps/1/task",
      "cwd-path-escape-denied /steps/1/cwd",
    ]);
    expect(found[1]!.message).toContain("it is Tuesday");
    expect(found.every(({ repair, severity }) => repair !== "" && severity === "error")).toBe(true);
  });

  test("an endless list of problems is cut, and the message shows the first few", async () => {
    const steps = Array.from({ length: 3_000 }, (_, index): StepDocument => ({ id: `s${index}`, shell: "x" }));
    const error = await prepare(steps).catch((reason: unknown) => reason);
    expect(String(error).split("\n")).toHaveLength(7);
    expect(await diagnosticsOf(prepare(steps))).toHaveLength(1_000);
  });
});
