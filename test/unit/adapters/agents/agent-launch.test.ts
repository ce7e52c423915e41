import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LaunchDenied } from "../../../../src/adapters/executors/agents/agent-program.ts";
import { inspectPlace } from "../../../../src/adapters/executors/processes/working-directory.ts";
import type { Place } from "../../../../src/domain/events.ts";
import type { AttemptResult } from "../../../../src/ports/executor.ts";
import { failed, succeeded } from "../../../support/command-fixture.ts";
import { placeWith, putFile } from "../../../support/scratch-places.ts";
import { agentAttempt, agentExecutors, artifactText, done, final } from "../../../support/scripted-program.ts";

const open = agentExecutors();
const output = (result: AttemptResult): unknown => succeeded(result).output.value;

describe("an agent that must not be started", () => {
  const launch = { kind: "launch", final: true };

  it("fails by what its program says, and by what its program should not say", async () => {
    const denied = open([], { launch: () => Promise.reject(new LaunchDenied("No trusted program.")) });
    expect(failed(await denied.execute(agentAttempt())).failure).toEqual({
      ...launch,
      code: "launch-denied",
      message: "No trusted program.",
    });
    const broken = open([], { launch: () => Promise.reject(new TypeError("x is undefined")) });
    expect(failed(await broken.execute(agentAttempt())).failure).toMatchObject({
      ...launch,
      code: "launch-check-failed",
    });
  });

  it("fails where its program cannot be executed", async () => {
    const place = placeWith({ program: "#!/nowhere/interpreter\n" });
    const argv = [join(place, "program")];
    const result = failed(await open([], { launch: async () => ({ argv, environment: {} }) }).execute(agentAttempt()));
    expect(result.failure).toMatchObject({ ...launch, code: "launch-failed" });
  });

  it("fails where its directory was swapped, though its program was asked already", async () => {
    const root = placeWith({ "work/file": "", "other/file": "" });
    const place = (await inspectPlace(root, "work")) as Place;
    const executor = open([final("x"), done], {
      async launch() {
        rmSync(join(root, "work"), { recursive: true });
        symlinkSync("other", join(root, "work"));
        return { argv: [process.execPath], environment: {} };
      },
    });
    const attempt = agentAttempt({}, { root, place });
    expect(failed(await executor.execute(attempt)).failure).toMatchObject({ ...launch, code: "cwd-changed" });
    expect(await artifactText(attempt, "final.md")).toContain("The working directory changed before launch");
  });

  it("fails with a shell where the project has got settings", async () => {
    const root = placeWith({ ".pi/settings.json": "{}" });
    const attempt = agentAttempt({ tools: ["bash"] }, { root });
    expect(failed(await open([]).execute(attempt)).failure).toMatchObject({
      ...launch,
      code: "bash-project-settings-denied",
    });
    expect(output(await open([final("x"), done], { projectSettings: [] }).execute(attempt))).toBe("x");
  });

  it("fails where an extension has changed since its run was prepared", async () => {
    const path = putFile(placeWith(), "ext.js", "1");
    const extensions = new Map([["web", path]]);
    const executor = open([final("x"), done], {}, { extensions });
    const attempt = agentAttempt({ extensionTools: ["web"] }, { root: placeWith() });
    await executor.prepare?.(attempt.graph, [attempt.step], attempt.root);
    expect(output(await executor.execute(attempt))).toBe("x");
    const later = agentAttempt({ extensionTools: ["web"] }, { root: placeWith(), owner: { life: "later", epoch: 1 } });
    await executor.prepare?.(later.graph, [later.step], later.root);
    writeFileSync(path, "2");
    for (const changed of [attempt, later]) {
      expect(failed(await executor.execute(changed)).failure).toMatchObject({
        ...launch,
        code: "agent-source-changed",
      });
    }
  });

  it("fails by the same rules as before its run, and without the definition that the run kept", async () => {
    const attempt = agentAttempt({ tools: ["edit"] });
    expect(failed(await open([]).execute(attempt)).failure).toMatchObject({
      ...launch,
      code: "mutation-scope-required",
    });
    expect(failed(await open([]).execute(agentAttempt({ ref: "package:scout" }))).failure).toMatchObject({
      ...launch,
      code: "library-agent-unknown",
    });
  });

  it("fails where what came before cannot be read", async () => {
    const artifact = { name: "gone", bytes: 1, sha256: "0".repeat(64) };
    const upstream = [
      {
        step: "a",
        status: "succeeded",
        output: { value: null, spilled: [{ pointer: "", artifact, encoding: "text" }] },
      },
    ] as const;
    expect(failed(await open([]).execute(agentAttempt({}, { upstream }))).failure).toMatchObject({
      ...launch,
      code: "handoff-failed",
    });
  });
});
