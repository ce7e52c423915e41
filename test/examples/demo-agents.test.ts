import { expect, test } from "vitest";
import { demoAgents } from "../../examples/demo-agents.ts";
import { commandLine } from "../support/built-command.ts";
import { filesLeft, piPlace } from "../support/pi-place.ts";
import { newPi, realPiTimeoutMs } from "../support/real-pi.ts";

test(
  "the demonstration has real pis review, shows what they do, and leaves nothing",
  { timeout: realPiTimeoutMs },
  async ({ skip }) => {
    if (newPi.missing !== undefined) skip(newPi.missing);
    // For its directory for temporary files alone.
    const { temporary } = await piPlace({ url: "http://127.0.0.1:9/v1" });
    let said = "";
    const onOutput = (text: string): void => void (said += text);
    const code = await demoAgents({ command: commandLine, pi: newPi.launcher, paceMs: 0, onOutput });
    expect(said).toContain("1. README.md: show what the first command prints (newcomer).");
    for (const step of ["scout", "planner", "newcomer", "skeptic", "synthesizer"]) expect(said).toContain(step);
    expect(code).toBe(0);
    expect(await filesLeft(temporary)).toEqual([]);
  },
);
