import { mkdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../../../src/adapters/clocks/system-clock.ts";
import type { AgentProfile } from "../../../../src/adapters/executors/agents/agent-program.ts";
import { prepareOrder } from "../../../../src/adapters/executors/agents/prepare-order.ts";
import { Guardian } from "../../../../src/adapters/executors/processes/guardian.ts";
import { PrivateFiles } from "../../../../src/adapters/executors/processes/private-files.ts";
import type { AgentDocument } from "../../../../src/domain/agent.ts";
import { fakeAttempt } from "../../../support/fake-attempt.ts";
import { placeWith, putFile } from "../../../support/scratch-places.ts";

const agent: AgentDocument = { kind: "pi", task: "Do it." };
const attempt = fakeAttempt({ id: "mine", agent });
const profile: AgentProfile = {
  ref: "inline:mine",
  system: "You are tested.",
  tools: ["read", "grep", "find", "ls"],
  extensionTools: [],
  skills: [],
  model: undefined,
  thinking: undefined,
  mutationScope: undefined,
};

function privateFiles(): PrivateFiles {
  const guardian = new Guardian("0123456789abcdef01234567", process.env["PATH"]);
  const files = new PrivateFiles(attempt.owner, guardian);
  onTestFinished(async () => {
    await files.remove();
    await guardian.close();
  });
  return files;
}

const prepare = (files: PrivateFiles): ReturnType<typeof prepareOrder> =>
  prepareOrder(attempt, agent, profile, systemClock(), files);

describe("the file with an agent's system prompt", () => {
  it("is a new one that its owner alone can read", async () => {
    const prepared = await prepare(privateFiles());
    if ("code" in prepared) throw new Error(prepared.message);
    const { systemPromptFile, systemPrompt } = prepared.order;
    expect(readFileSync(systemPromptFile, "utf8")).toBe(systemPrompt);
    expect(statSync(systemPromptFile).mode & 0o777).toBe(0o600);
  });

  it("is never written through a link, and the agent does not start where something is in its place", async () => {
    const target = putFile(placeWith(), "target", "safe");
    const linked = privateFiles();
    symlinkSync(target, join(linked.directory, "system.md"));
    expect(await prepare(linked)).toMatchObject({ code: "prompt-file-failed" });
    expect(readFileSync(target, "utf8")).toBe("safe");
    const taken = privateFiles();
    mkdirSync(join(taken.directory, "system.md"));
    expect(await prepare(taken)).toMatchObject({ code: "prompt-file-failed" });
  });
});
