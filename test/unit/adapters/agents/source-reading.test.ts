import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { AgentProfile } from "../../../../src/adapters/executors/agents/agent-program.ts";
import { KnownSources } from "../../../../src/adapters/executors/agents/known-sources.ts";
import { grantedSources, launchDenial } from "../../../../src/adapters/executors/agents/launch-checks.ts";
import { fingerprintOf } from "../../../../src/adapters/executors/agents/source-fingerprint.ts";
import { fakeAttempt } from "../../../support/fake-attempt.ts";
import { placeWith, putFile } from "../../../support/scratch-places.ts";

class CountedSources extends KnownSources {
  readonly read: string[] = [];

  override compare(...parts: Parameters<KnownSources["compare"]>): ReturnType<KnownSources["compare"]> {
    this.read.push(parts[2]);
    return super.compare(...parts);
  }
}

describe("reading what an agent was granted", () => {
  it("happens once for each source before a start, however many tools come from it", async () => {
    const extension = putFile(placeWith(), "ext.js", "1");
    const skill = join(putFile(placeWith(), "skill/SKILL.md", "1"), "..");
    const profile: AgentProfile = {
      ref: "inline:step",
      system: "x",
      tools: ["read", "grep", "find", "ls"],
      extensionTools: ["one", "two", "three"].map((name) => ({ name, realPath: extension })),
      skills: [{ name: "s", realPath: skill }],
      model: undefined,
      thinking: undefined,
      mutationScope: undefined,
    };
    const sources = new CountedSources();
    const attempt = fakeAttempt({}, { root: placeWith() });
    const granted = grantedSources(profile, undefined, []);
    expect(await launchDenial(attempt, profile, granted, sources)).toBeUndefined();
    expect(sources.read).toEqual([extension, skill]);
  });

  it("lets everything else go on between any two files", async () => {
    const files = 40;
    const names = Array.from({ length: files }, (_, n) => [`skill/${n}.md`, "x".repeat(50_000)]);
    const place = placeWith(Object.fromEntries(names) as Record<string, string>);
    let turns = 0;
    let isReading = true;
    const count = (): void => {
      turns++;
      if (isReading) setImmediate(count);
    };
    setImmediate(count);
    const { bytes } = await fingerprintOf(join(place, "skill"));
    isReading = false;
    expect(bytes).toBe(files * 50_000);
    expect(turns).toBeGreaterThanOrEqual(files);
  });
});
