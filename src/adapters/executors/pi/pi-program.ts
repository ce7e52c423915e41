import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { AgentLaunch, AgentOrder, AgentProgram } from "../agents/agent-program.ts";
import { piArguments } from "./pi-arguments.ts";
import { converseWithPi } from "./pi-conversation.ts";
import type { PiDialogPolicy } from "./pi-dialogs.ts";
import type { PiRetry } from "./pi-directory.ts";
import { makePiDirectory } from "./pi-directory.ts";
import type { PiLauncher } from "./pi-launcher.ts";
import { findLauncher } from "./pi-launcher.ts";
import { versionOf } from "./pi-version.ts";

export interface PiOptions {
  /** Default: `pi`, as it is found in `PATH` outside of the workspace. */
  readonly launcher?: PiLauncher;
  /**
   * A directory like `~/.pi/agent`, of which models, credentials and the settings of models are copied for each attempt. Default: none;
   * pi then knows the models that it comes with, and no credentials but keys in its environment.
   */
  readonly agentDirectory?: string;
  /** Variables for pi and its tools, beside those that every agent gets; see `docs/agents.md`. They win over those. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The home directory that pi and its tools see. Default: an empty one, gone when the attempt is over. */
  readonly home?: string;
  /** Extensions that every agent gets, such as those of model providers: absolute paths. */
  readonly extensions?: readonly string[];
  /** For agents that name none. Default: what pi chooses. */
  readonly model?: string;
  readonly thinking?: string;
  /** Retries by pi itself, within an attempt. Default: three, after 2, 4 and 8 seconds. */
  readonly retry?: PiRetry;
  /** Answers the dialogs of extensions. Default: they are denied, and the step fails. */
  readonly dialogs?: PiDialogPolicy;
}

/** What is taken from the process that Runfold runs in, where nothing else is said. */
export interface PiSurroundings {
  readonly path?: string;
  readonly home?: string;
}

/** Steps of kind `pi`: the coding agent pi, 0.73 and later, over its RPC mode. */
export function piProgram(options: PiOptions, surroundings: PiSurroundings = {}): AgentProgram {
  return {
    kind: "pi",
    launch: (order) => launch(order, options, surroundings),
    converse: (child, order) =>
      converseWithPi(child, order, {
        dialogs: options.dialogs ?? (() => undefined),
        model: order.profile.model ?? options.model,
      }),
  };
}

async function launch(order: AgentOrder, options: PiOptions, surroundings: PiSurroundings): Promise<AgentLaunch> {
  const { attempt, cwd, profile, scratch, systemPromptFile } = order;
  const command = await findLauncher(options.launcher, {
    root: attempt.root,
    places: [cwd, resolve(attempt.root, attempt.step.cwd ?? ".")],
    path: surroundings.path ?? process.env["PATH"],
    home: surroundings.home ?? homedir(),
  });
  const argv = piArguments({
    profile,
    systemPromptFile,
    extensions: options.extensions ?? [],
    model: profile.model ?? options.model,
    thinking: profile.thinking ?? options.thinking,
    version: await versionOf(command),
  });
  const temporary = join(scratch, "tmp");
  await mkdir(temporary, { mode: 0o700 });
  const directory = await makePiDirectory(scratch, options.agentDirectory, options.retry ?? {});
  return {
    argv: [...command, ...argv],
    environment: {
      HOME: options.home ?? (await emptyHome(scratch)),
      // What pi and its tools leave there goes with the attempt.
      TMPDIR: temporary,
      ...options.environment,
      // A cache that one attempt fills and nobody reads.
      NODE_DISABLE_COMPILE_CACHE: "1",
      PI_CODING_AGENT_DIR: directory,
      PI_OFFLINE: "1",
      PI_TELEMETRY: "0",
      PI_SKIP_VERSION_CHECK: "1",
    },
  };
}

async function emptyHome(scratch: string): Promise<string> {
  const home = join(scratch, "home");
  await mkdir(home, { mode: 0o700 });
  return home;
}
