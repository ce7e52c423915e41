import {
  appendFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { AgentProfile } from "../../../../src/adapters/executors/agents/agent-program.ts";
import type { ExtensionInventory } from "../../../../src/adapters/executors/agents/extension-inventory.ts";
import { KnownSources } from "../../../../src/adapters/executors/agents/known-sources.ts";
import { grantedSources, launchDenial } from "../../../../src/adapters/executors/agents/launch-checks.ts";
import { plantedSettings } from "../../../../src/adapters/executors/agents/project-settings.ts";
import { changeOfSource, fingerprintOf } from "../../../../src/adapters/executors/agents/source-fingerprint.ts";
import { inspectPlace } from "../../../../src/adapters/executors/processes/working-directory.ts";
import type { Place } from "../../../../src/domain/events.ts";
import { limits } from "../../../../src/domain/limits.ts";
import { fakeAttempt, type FakeAttempt } from "../../../support/fake-attempt.ts";
import { placeWith, putFile } from "../../../support/scratch-places.ts";

const profile = (rest: Partial<AgentProfile>): AgentProfile => ({
  ref: "inline:step",
  system: "x",
  tools: ["read", "grep", "find", "ls"],
  extensionTools: [],
  skills: [],
  model: undefined,
  thinking: undefined,
  mutationScope: undefined,
  ...rest,
});

describe("the fingerprint of an extension or skill", () => {
  async function changeBy(change: (place: string) => void): Promise<string | undefined> {
    const place = placeWith({ "skill/a.md": "aaaa", "skill/deep/b.md": "bbbb", "skill/gone.md": "g" });
    const skill = join(place, "skill");
    const before = await fingerprintOf(skill);
    expect(changeOfSource(before, await fingerprintOf(skill))).toBeUndefined();
    change(skill);
    return changeOfSource(before, await fingerprintOf(skill));
  }
  const past = new Date(1_000_000);

  it.each<[string, (place: string) => void, string]>([
    ["other content of the same length", (place) => writeFileSync(join(place, "deep/b.md"), "bbcb"), "content"],
    ["more content", (place) => appendFileSync(join(place, "a.md"), "a"), "content"],
    ["another name", (place) => renameSync(join(place, "gone.md"), join(place, "here.md")), "content"],
    ["one file less", (place) => rmSync(join(place, "gone.md")), "content"],
    ["one directory more", (place) => mkdirSync(join(place, "deep/er")), "content"],
    ["a symlink more", (place) => symlinkSync("a.md", join(place, "link")), "content"],
    [
      "content moved from file to file",
      (place) => {
        writeFileSync(join(place, "a.md"), "aaaab");
        writeFileSync(join(place, "deep/b.md"), "bbb");
      },
      "content",
    ],
    ["a later time", (place) => utimesSync(join(place, "a.md"), past, new Date(Date.now() + 3_600_000)), "written to"],
    [
      "another directory",
      (place) => {
        renameSync(place, `${place}-old`);
        mkdirSync(place);
      },
      "replaced",
    ],
  ])("tells of %s", async (_, change, expected) => {
    expect(await changeBy(change)).toContain(expected);
  });

  it("follows a link to what it names, and tells when it leads elsewhere", async () => {
    const place = placeWith({ "one.js": "1", "two.js": "1" });
    const link = join(place, "link.js");
    symlinkSync("one.js", link);
    const before = await fingerprintOf(link);
    expect(before.realPath).toBe(join(place, "one.js"));
    rmSync(link);
    symlinkSync("two.js", link);
    expect(changeOfSource(before, await fingerprintOf(link))).toContain("two.js");
  });

  it("is refused for what is too large, has too many entries, or is not there", async () => {
    const place = placeWith({ "big.js": "" });
    truncateSync(join(place, "big.js"), limits.sourceBytesMax);
    expect((await fingerprintOf(join(place, "big.js"))).bytes).toBe(limits.sourceBytesMax);
    truncateSync(join(place, "big.js"), limits.sourceBytesMax + 1);
    await expect(fingerprintOf(join(place, "big.js"))).rejects.toThrow("more than 4194304 bytes");
    for (let n = 0; n < limits.sourceEntriesMax; n++) putFile(place, `many/${n >> 8}/${n}`, "");
    await expect(fingerprintOf(join(place, "many"))).rejects.toThrow("more than 2048 entries");
    await expect(fingerprintOf(join(place, "none"))).rejects.toThrow("ENOENT");
  });
});

describe("settings that a project planted", () => {
  it("are found in a directory and above it; those of the user do not count", async () => {
    const place = placeWith({ "a/.pi/settings.json": "", "home/.pi/agent/settings.json": "", "b/c/file": "" });
    expect(await plantedSettings(join(place, "a"))).toBe(join(place, "a/.pi/settings.json"));
    expect(await plantedSettings(join(place, "b/c"))).toBeUndefined();
    const environment = { HOME: join(place, "home"), PI_CODING_AGENT_DIR: join(place, "a/.pi") };
    expect(await plantedSettings(join(place, "a"), undefined, environment)).toBeUndefined();
    expect(await plantedSettings(join(place, "a"), [])).toBeUndefined();
  });
});

async function denial(
  attempt: FakeAttempt,
  agent: AgentProfile,
  sources: KnownSources,
  settingsFiles?: readonly string[],
  extensions?: ExtensionInventory,
): ReturnType<typeof launchDenial> {
  return await launchDenial(attempt, agent, grantedSources(agent, extensions, []), sources, settingsFiles);
}

describe("the checks right before the start of an agent", () => {
  it("let it start where nothing has changed", async () => {
    const root = placeWith({ "ext.js": "1", "work/file": "" });
    const extensionTools = [{ name: "web", realPath: join(root, "ext.js") }];
    const place = (await inspectPlace(root, "work")) as Place;
    const sources = new KnownSources();
    const attempt = fakeAttempt({}, { root, place });
    for (const _ of [1, 2]) {
      expect(await denial(attempt, profile({ tools: ["read", "bash"], extensionTools }), sources)).toBeUndefined();
    }
  });

  it("deny it where its directory is another, or gone", async () => {
    const root = placeWith({ "work/file": "", "other/file": "" });
    const place = (await inspectPlace(root, "work")) as Place;
    rmSync(join(root, "work"), { recursive: true });
    symlinkSync("other", join(root, "work"));
    const sources = new KnownSources();
    expect(await denial(fakeAttempt({}, { root, place }), profile({}), sources)).toEqual({
      code: "cwd-changed",
      message: expect.stringContaining("The working directory changed before launch:"),
    });
    rmSync(root, { recursive: true });
    expect(await denial(fakeAttempt({}, { root }), profile({}), sources)).toMatchObject({ code: "cwd-changed" });
  });

  it("deny a shell where settings have appeared, and no other agent", async () => {
    const root = placeWith({ ".pi/settings.json": "{}" });
    const attempt = fakeAttempt({}, { root });
    expect(await denial(attempt, profile({ tools: ["bash"] }), new KnownSources())).toMatchObject({
      code: "bash-project-settings-denied",
    });
    expect(await denial(attempt, profile({}), new KnownSources())).toBeUndefined();
    expect(await denial(attempt, profile({ tools: ["bash"] }), new KnownSources(), [])).toBeUndefined();
  });

  it("hold a source to what it was before the run, each run to its own", async () => {
    const root = placeWith();
    const path = putFile(placeWith(), "ext.js", "1");
    const agent = profile({ extensionTools: [{ name: "web", realPath: path }] });
    const sources = new KnownSources();
    const before = fakeAttempt({}, { root, owner: { life: "one", epoch: 1 } });
    sources.prepare(before.graph, new Map([[path, await fingerprintOf(path)]]));
    writeFileSync(path, "2");
    const changed = { code: "agent-source-changed", message: expect.stringContaining("content changed") };
    expect(await denial(before, agent, sources)).toEqual(changed);
    const after = fakeAttempt({}, { root, owner: { life: "two", epoch: 1 } });
    sources.prepare(after.graph, new Map([[path, await fingerprintOf(path)]]));
    expect(await denial(after, agent, sources)).toBeUndefined();
    expect(await denial(before, agent, sources)).toEqual(changed);
    writeFileSync(path, "3");
    expect(await denial(after, agent, sources)).toEqual(changed);
  });

  it("hold a run that was taken over to what its sources are then", async () => {
    const path = putFile(placeWith(), "skill/SKILL.md", "1");
    const agent = profile({ skills: [{ name: "s", realPath: join(path, "..") }] });
    const sources = new KnownSources();
    const attempt = fakeAttempt({}, { root: placeWith() });
    expect(await denial(attempt, agent, sources)).toBeUndefined();
    rmSync(path);
    expect(await denial(attempt, agent, sources)).toMatchObject({ code: "agent-source-changed" });
  });

  it("notice that what the host offers leads elsewhere, in a run that was taken over, too", async () => {
    const place = placeWith({ "one.js": "1", "two.js": "1" });
    const link = join(place, "link.js");
    symlinkSync("one.js", link);
    const agent = (name: string): AgentProfile =>
      profile({ extensionTools: [{ name: "web", realPath: join(place, name) }] });
    const extensions = new Map([["web", link]]);
    const attempt = fakeAttempt({}, { root: placeWith() });
    const sources = new KnownSources();
    expect(await denial(attempt, agent("two.js"), sources, undefined, extensions)).toMatchObject({
      message: expect.stringContaining("one.js now"),
    });
    expect(await denial(attempt, agent("one.js"), sources, undefined, extensions)).toBeUndefined();
    rmSync(link);
    symlinkSync("two.js", link);
    expect(await denial(attempt, agent("two.js"), sources, undefined, extensions)).toMatchObject({
      code: "agent-source-changed",
      message: expect.stringContaining("two.js, no longer to"),
    });
  });
});
