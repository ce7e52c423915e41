import { lstat } from "node:fs/promises";
import type { Attempt } from "../../../ports/executor.ts";
import { changeOfPlace } from "../processes/working-directory.ts";
import type { AgentProfile } from "./agent-program.ts";
import { toolClassOf } from "./built-in-tools.ts";
import { reasonOf } from "./reason-of.ts";
import type { ExtensionInventory, SkillOffer } from "./extension-inventory.ts";
import type { KnownSources } from "./known-sources.ts";
import { plantedSettings } from "./project-settings.ts";
import { changeOfSource } from "./source-fingerprint.ts";

/** A reason not to start an agent. */
export interface LaunchDenial {
  readonly code: string;
  readonly message: string;
}

/** An extension or a skill that an agent is given. */
export interface GrantedSource {
  /** What messages call it. */
  readonly what: string;
  /** As the host offers it. */
  readonly path: string;
  /** As the agent's program was told of it. */
  readonly realPath: string;
}

/** What an agent is given, with the paths by which the host offers it. */
export function grantedSources(
  { extensionTools, skills }: Pick<AgentProfile, "extensionTools" | "skills">,
  extensions: ExtensionInventory | undefined,
  offeredSkills: readonly SkillOffer[],
): readonly GrantedSource[] {
  const skillPaths = new Map(offeredSkills.map(({ name, path }) => [name, path]));
  return [
    ...extensionTools.map(({ name, realPath }) => ({
      what: `The extension of ${name}`,
      path: extensions?.get(name) ?? realPath,
      realPath,
    })),
    ...skills.map(({ name, realPath }) => ({
      what: `The skill ${name}`,
      path: skillPaths.get(name) ?? realPath,
      realPath,
    })),
  ];
}

/**
 * What was checked before the run, again, right before the start: much may have happened in between, other steps among it. Each source is
 * read once.
 * @throws only what should not happen; the step fails then
 */
export async function launchDenial(
  attempt: Pick<Attempt, "root" | "place" | "owner" | "graph">,
  profile: Pick<AgentProfile, "tools">,
  granted: readonly GrantedSource[],
  sources: KnownSources,
  settingsFiles?: readonly string[],
): Promise<LaunchDenial | undefined> {
  const seen = new Set<string>();
  for (const source of granted) {
    if (seen.has(source.path)) continue;
    seen.add(source.path);
    const change = await changeSince(attempt, sources, source);
    if (change !== undefined) {
      return { code: "agent-source-changed", message: `${source.what} is not what it was: ${change}.` };
    }
  }
  if (profile.tools.some((tool) => toolClassOf(tool) === "shell")) {
    const settings = await plantedSettings(attempt.place?.realPath ?? attempt.root, settingsFiles);
    if (settings !== undefined) return { code: "bash-project-settings-denied", message: settingsMessage(settings) };
  }
  // Last, so that as little as possible can change before the start.
  const change = await placeChange(attempt);
  return change === undefined
    ? undefined
    : { code: "cwd-changed", message: `The working directory changed before launch: ${change}` };
}

export function settingsMessage(path: string): string {
  return `An agent with shell tools is not started below settings of the project, which it would obey: ${path}.`;
}

async function changeSince(
  { owner, graph }: Pick<Attempt, "owner" | "graph">,
  sources: KnownSources,
  { path, realPath }: GrantedSource,
): Promise<string | undefined> {
  try {
    const { before, now } = await sources.compare(owner.life, graph, path);
    return changeOfSource(before, now) ?? (now.realPath === realPath ? undefined : `it leads to ${now.realPath} now`);
  } catch (error) {
    return reasonOf(error);
  }
}

async function placeChange({ root, place }: Pick<Attempt, "root" | "place">): Promise<string | undefined> {
  if (place !== undefined) return await changeOfPlace(root, place);
  try {
    return (await lstat(root)).isDirectory() ? undefined : `${root} is no directory any more.`;
  } catch (error) {
    return reasonOf(error);
  }
}
