import { mkdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isRecord } from "../../../domain/fields.ts";
import type { Fields } from "../../../domain/fields.ts";
import { limits } from "../../../domain/limits.ts";
import { LaunchDenied } from "../agents/agent-program.ts";
import { reasonOf } from "../agents/reason-of.ts";

/** How pi tries again by itself when a model provider fails. */
export interface PiRetry {
  readonly enabled?: boolean;
  readonly maxRetries?: number;
  /** Doubled for each further retry. */
  readonly baseDelayMs?: number;
}

/** Settings that say which model is used and how. All others concern the terminal, or would load code. */
const copiedSettings = [
  "defaultProvider",
  "defaultModel",
  "defaultThinkingLevel",
  "modelThinkingLevels",
  "thinkingBudgets",
  "enabledModels",
  "compaction",
  "retry",
  "transport",
] as const;

/**
 * Makes the directory that pi takes its settings, models and credentials from, in a new directory below `scratch`: readable by their
 * owner alone. `from` is a directory of the same kind, of which what is needed is copied, and the tools in `bin` are linked. Credentials that pi renews while it runs are
 * renewed in the copy.
 *
 * @throws LaunchDenied where a file of `from` cannot be used
 */
export async function makePiDirectory(scratch: string, from: string | undefined, retry: PiRetry): Promise<string> {
  const directory = join(scratch, "pi-agent");
  await mkdir(directory, { mode: 0o700 });
  const settings = from === undefined ? {} : await readSettings(from);
  if (from !== undefined) {
    for (const name of ["models.json", "auth.json"]) {
      const content = await readConfig(join(from, name));
      if (content !== undefined) await writePrivate(join(directory, name), content);
    }
    await linkTools(join(from, "bin"), join(directory, "bin"));
  }
  await writePrivate(join(directory, "settings.json"), JSON.stringify(withRetry(settings, retry)));
  return directory;
}

/** The programs that pi greps and finds with. It looks for them there, and may not fetch them anew for each attempt. */
async function linkTools(from: string, to: string): Promise<void> {
  const isThere = await stat(from).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isThere) await symlink(from, to);
}

/** Retries inside of the provider's library are invisible, and some versions make them by default: they are left to pi. */
function withRetry(settings: Fields, retry: PiRetry): Fields {
  const own = isRecord(settings["retry"]) ? settings["retry"] : {};
  const provider = isRecord(own["provider"]) ? own["provider"] : {};
  return { ...settings, retry: { ...own, ...retry, provider: { ...provider, maxRetries: 0 } } };
}

async function readSettings(from: string): Promise<Fields> {
  const file = join(from, "settings.json");
  const content = await readConfig(file);
  if (content === undefined) return {};
  let settings: unknown;
  try {
    settings = JSON.parse(content);
  } catch {
    throw new LaunchDenied(`${file} is no JSON.`);
  }
  if (!isRecord(settings)) throw new LaunchDenied(`${file} holds no settings.`);
  const known = settings;
  return Object.fromEntries(copiedSettings.filter((name) => name in known).map((name) => [name, known[name]]));
}

/** The text of a file; undefined where there is none. */
async function readConfig(file: string): Promise<string | undefined> {
  try {
    const { size } = await stat(file);
    if (size <= limits.agentConfigBytesMax) return await readFile(file, "utf8");
  } catch (error) {
    if (isRecord(error) && error["code"] === "ENOENT") return undefined;
    throw new LaunchDenied(`${file} cannot be read: ${reasonOf(error)}`);
  }
  throw new LaunchDenied(`${file} is larger than ${limits.agentConfigBytesMax} bytes.`);
}

async function writePrivate(file: string, content: string): Promise<void> {
  await writeFile(file, content, { flag: "wx", mode: 0o600 });
}
