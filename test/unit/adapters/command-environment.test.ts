import { mkdir, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { directoryArtifacts } from "../../../src/adapters/artifacts/directory-artifacts.ts";
import { fitEnvironment, inheritedEnvironment } from "../../../src/adapters/executors/processes/environment.ts";
import type { Json } from "../../../src/domain/json.ts";
import type { StoredOutput } from "../../../src/domain/output.ts";
import type { ArtifactStore } from "../../../src/ports/artifact-store.ts";
import type { Attempt, Upstream } from "../../../src/ports/executor.ts";
import { fakeAttempt, type FakeAttempt } from "../../support/fake-attempt.ts";
import { commandExecutors, failed, stdoutOf } from "../../support/command-fixture.ts";

const executor = commandExecutors();
let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "runfold-test-"));
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

async function environmentOf(attempt: FakeAttempt, environment?: NodeJS.ProcessEnv, inheritVariables?: string[]) {
  const options = { ...(environment && { environment }), ...(inheritVariables && { inheritVariables }) };
  const stdout = stdoutOf(await executor(options).execute(attempt));
  return new Map(
    stdout
      .split("\0")
      .filter(Boolean)
      .map((line): [string, string] => {
        const end = line.indexOf("=");
        return [line.slice(0, end), line.slice(end + 1)];
      }),
  );
}

/** Prints its environment with a NUL after each entry. */
const printEnvironment = {
  shell: `exec "${process.execPath}" -e 'for (const e of Object.entries(process.env)) process.stdout.write(e.join("=") + "\\0")'`,
};

const commandOutput = (stdout: string): StoredOutput => ({ value: { stdout, stderr: "noise", exitCode: 0 } });

async function stored(store: ArtifactStore, name: string, text: string) {
  const writer = await store.create("run-1", name);
  await writer.write(Buffer.from(text));
  return await writer.commit();
}

describe("the environment of a command", () => {
  const parent = {
    PATH: process.env["PATH"],
    HOME: "/home/x",
    LC_ALL: "C",
    AWS_SECRET: "secret",
    NODE_OPTIONS: "",
    EXTRA: "1",
  };

  it("holds nothing of the parent's but what is listed", async () => {
    const environment = await environmentOf(fakeAttempt(printEnvironment), parent, ["EXTRA", "ABSENT"]);
    const ours = [...environment.keys()].filter((name) => !["PWD", "SHLVL", "_", "OLDPWD"].includes(name));
    expect(ours.toSorted()).toEqual([
      "EXTRA",
      "HOME",
      "LC_ALL",
      "PATH",
      "RUNFOLD_ATTEMPT",
      "RUNFOLD_ATTEMPT_MARK",
      "RUNFOLD_RUN",
      "RUNFOLD_RUN_OWNER",
      "RUNFOLD_STEP",
    ]);
  });

  it("names the run, the step and the attempt, and the step's own variables win", async () => {
    const attempt = fakeAttempt(
      { ...printEnvironment, id: "my-step", env: { HOME: "/mine", RUNFOLD_RUN: "mine", RUNFOLD_ATTEMPT_MARK: "mine" } },
      { number: 3 },
    );
    const environment = await environmentOf(attempt, parent);
    expect(environment.get("HOME")).toBe("/mine");
    expect(environment.get("RUNFOLD_RUN")).toBe("mine");
    expect(environment.get("RUNFOLD_STEP")).toBe("my-step");
    expect(environment.get("RUNFOLD_ATTEMPT")).toBe("3");
    expect(environment.get("RUNFOLD_ATTEMPT_MARK")).not.toBe("mine");
  });

  it("passes over variables that are not set", () => {
    expect(inheritedEnvironment({ PATH: undefined, HOME: "/h" }, [])).toEqual({ HOME: "/h" });
  });

  it("loses the largest removable variables until it fits, and never others", () => {
    const environment = { A: "x".repeat(500), B: "x".repeat(400), C: "x".repeat(300), D: "x".repeat(900) };
    expect(fitEnvironment(environment, ["program"], ["A", "B", "C"], 1_800)).toEqual(["A"]);
    expect(Object.keys(environment)).toEqual(["B", "C", "D"]);
    expect(fitEnvironment(environment, ["program"], ["B", "C"], 1_800)).toEqual([]);
    expect(fitEnvironment(environment, ["program"], ["B", "C"], 1)).toEqual(["B", "C"]);
  });
});

async function inputsOf(upstream: readonly Upstream[], rest: Partial<Attempt> = {}) {
  return await environmentOf(fakeAttempt(printEnvironment, { upstream, ...rest }));
}

describe("what a command gets of the steps before it", () => {
  it("is stdout of a command, a string of a task as it is, and any other value as JSON", async () => {
    const values: readonly [string, Json][] = [
      ["text-task", "plain ünïcode"],
      ["list-task", [1, { a: null }]],
      ["nothing", null],
    ];
    const upstream: Upstream[] = values.map(([step, value]) => ({ step, status: "succeeded", output: { value } }));
    const environment = await inputsOf([
      { step: "git-log", status: "succeeded", output: commandOutput("one\ntwo") },
      ...upstream,
    ]);
    expect(environment.get("RUNFOLD_INPUT_GIT_LOG")).toBe("one\ntwo");
    expect(environment.get("RUNFOLD_INPUT_TEXT_TASK")).toBe("plain ünïcode");
    expect(environment.get("RUNFOLD_INPUT_LIST_TASK")).toBe('[1,{"a":null}]');
    expect(environment.get("RUNFOLD_INPUT_NOTHING")).toBe("null");
    expect(environment.get("RUNFOLD_STATUS_NOTHING")).toBe("succeeded");
  });

  it("is a file that its owner alone can read, and that is gone after the attempt", async () => {
    const attempt = fakeAttempt(
      {
        shell:
          'cat "$RUNFOLD_INPUT_A_FILE"; echo; echo "$RUNFOLD_INPUT_A_FILE"; ls -ld "$(dirname "$RUNFOLD_INPUT_A_FILE")" "$RUNFOLD_INPUT_A_FILE"',
      },
      { upstream: [{ step: "a", status: "succeeded", output: commandOutput("content") }] },
    );
    const stdout = stdoutOf(await executor().execute(attempt));
    const [content, path, ...listed] = stdout.split("\n");
    expect(content).toBe("content");
    expect(listed.map((line) => line.slice(0, 10)).toSorted()).toEqual(["-rw-------", "drwx------"]);
    await expect(stat(dirname(path!))).rejects.toThrow("ENOENT");
  });

  it("includes how each step ended, why it failed, and what it had until then", async () => {
    const environment = await inputsOf([
      {
        step: "bad",
        status: "timedOut",
        failure: { kind: "timedOut", message: `too late\0 ${"x".repeat(3_000)}` },
        partial: commandOutput("so far"),
      },
      { step: "blocked", status: "blocked" },
    ]);
    expect(environment.get("RUNFOLD_STATUS_BAD")).toBe("timed_out");
    expect(environment.get("RUNFOLD_FAILURE_BAD")).toHaveLength(2_000);
    expect(environment.get("RUNFOLD_INPUT_BAD")).toBe("so far");
    expect(environment.get("RUNFOLD_STATUS_BLOCKED")).toBe("blocked");
    expect(environment.has("RUNFOLD_INPUT_BLOCKED_FILE")).toBe(false);
  });

  it("is the artifact's own file where the store keeps files", async () => {
    await mkdir(root, { recursive: true });
    const store = directoryArtifacts(root);
    const artifact = await stored(store, "stdout.txt", "spilled text");
    const output: StoredOutput = {
      value: { stdout: null, stderr: "", exitCode: 0 },
      spilled: [{ pointer: "/stdout", artifact, encoding: "text" }],
    };
    const environment = await inputsOf([{ step: "a", status: "succeeded", output }], {
      readArtifact: (ref) => store.read("run-1", ref),
      artifactPath: (ref) => store.path("run-1", ref),
    });
    expect(environment.get("RUNFOLD_INPUT_A_FILE")).toBe(join(root, "run-1", "stdout.txt"));
    expect(environment.get("RUNFOLD_INPUT_A")).toBe("spilled text");
    expect(await readFile(join(root, "run-1", "stdout.txt"), "utf8")).toBe("spilled text");
  });

  it("is a copy of the artifact where the store keeps none, and no variable above the limit", async () => {
    const attempt = fakeAttempt({ shell: 'wc -c <"$RUNFOLD_INPUT_A_FILE"; echo "${RUNFOLD_INPUT_A-unset}"' });
    const artifact = await stored(attempt.store, "output.txt", "x".repeat(70_000));
    const output: StoredOutput = { value: null, spilled: [{ pointer: "", artifact, encoding: "text" }] };
    const upstream: Upstream[] = [{ step: "a", status: "succeeded", output }];
    const stdout = stdoutOf(await executor().execute({ ...attempt, upstream }));
    expect(stdout.trim()).toBe("70000\nunset");
  });

  it("puts spilled parts back into a value before it is written as JSON", async () => {
    const attempt = fakeAttempt(printEnvironment);
    const artifact = await stored(attempt.store, "part.txt", "long");
    const output: StoredOutput = {
      value: { text: null, n: 1 },
      spilled: [{ pointer: "/text", artifact, encoding: "text" }],
    };
    const upstream: Upstream[] = [{ step: "a", status: "succeeded", output }];
    const environment = await environmentOf({ ...attempt, upstream });
    expect(JSON.parse(environment.get("RUNFOLD_INPUT_A")!)).toEqual({ text: "long", n: 1 });
  });

  it("has no variable where the output holds NUL, only the file", async () => {
    const environment = await inputsOf([{ step: "a", status: "succeeded", output: commandOutput("a\0b") }]);
    expect(environment.has("RUNFOLD_INPUT_A")).toBe(false);
    expect(environment.has("RUNFOLD_INPUT_A_FILE")).toBe(true);
  });

  it("lets the file of one step win over the value of another of the same name, and says so", async () => {
    const attempt = fakeAttempt(printEnvironment, {
      upstream: [
        { step: "x-file", status: "succeeded", output: commandOutput("value") },
        { step: "x", status: "succeeded", output: commandOutput("other") },
      ],
    });
    const environment = await environmentOf(attempt);
    expect(environment.get("RUNFOLD_INPUT_X_FILE")).toMatch(/\/x$/);
    expect(attempt.diagnostics.map(({ code }) => code)).toEqual(["command-input-ambiguous"]);
  });

  it("leaves out the largest values, not the files, where they would be too much for the system", async () => {
    const size = 60_000;
    const upstream = Array.from({ length: 60 }, (_, index): Upstream => {
      const output = commandOutput("y".repeat(size + index));
      return { step: `s-${index}`, status: "succeeded", output };
    });
    const attempt = fakeAttempt(
      { shell: "env | grep -c '^RUNFOLD_INPUT_.*_FILE='; echo \"${RUNFOLD_INPUT_S_59-left out}\"" },
      { upstream },
    );
    const stdout = stdoutOf(await executor().execute(attempt));
    expect(stdout).toBe("60\nleft out");
    expect(attempt.diagnostics.map(({ code }) => code)).toEqual(["command-inputs-omitted"]);
  });

  it("keeps the command from starting when it cannot be read", async () => {
    const artifact = { name: "gone", bytes: 1, sha256: "0".repeat(64) };
    const output: StoredOutput = { value: null, spilled: [{ pointer: "", artifact, encoding: "text" }] };
    const attempt = fakeAttempt({ shell: "echo ran" }, { upstream: [{ step: "a", status: "succeeded", output }] });
    const { failure } = failed(await executor().execute(attempt));
    expect(failure).toMatchObject({ kind: "launch", final: true });
    expect(attempt.textOf("stdout")).toBe("");
  });
});
