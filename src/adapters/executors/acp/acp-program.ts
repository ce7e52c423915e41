import type { AgentDocument } from "../../../domain/agent.ts";
import { LaunchDenied, type AgentLaunch, type AgentOrder, type AgentProgram } from "../agents/agent-program.ts";
import { distrustedFor, findTrustedProgram } from "../agents/trusted-program.ts";
import { converseAcp } from "./conversation.ts";
import { allowedByTools, type AcpPermissionPolicy } from "./permission-policy.ts";

export interface AcpOptions {
  /** What graphs call it by. Default: `acp`. */
  readonly kind?: string;
  /**
   * The program and its arguments, such as `["gemini", "--acp"]`: an absolute path, or a name that is looked up in `PATH`. Without
   * it, each step names its own.
   */
  readonly command?: readonly string[];
  /** Variables for the program, beside the few that every child gets: keys, addresses. Default: none. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The id of the agent's way to authenticate, where it has to be told. Default: the agent is taken to be ready. */
  readonly authenticate?: string;
  /** The id of the mode that its sessions are set to, where it offers modes. Default: its own. */
  readonly mode?: string;
  /**
   * Files of a project that set the program up, such as `.gemini/settings.json`: where there is one, an agent with shell tools is not
   * started. Default: none, because programs that speak the protocol ask their own questions about a project.
   */
  readonly projectSettings?: readonly string[];
  /**
   * Decides about what the agent asks for permission. Default: what the step's tools allow. It is no sandbox: an agent asks for what
   * it was made to ask for, and describes the call in its own words.
   */
  readonly permissions?: AcpPermissionPolicy;
}

/**
 * Runs any agent that speaks version 1 of the Agent Client Protocol on its stdin and stdout.
 *
 * The final answer of a turn is its last message. A `follow_up` is the next prompt of the same session; `steer` is denied, because the
 * protocol cannot do it. A model, a thinking level or a mode that the agent does not offer is a warning; it goes on with its own.
 */
export function acpProgram(options: AcpOptions = {}): AgentProgram {
  const { kind = "acp", command, environment = {}, authenticate, mode, permissions = allowedByTools } = options;
  const { projectSettings = [] } = options;
  return {
    kind,
    projectSettings,
    refuses: (agent) => refusal(kind, command, agent),
    launch: (order) => launch(command ?? order.agent.command ?? [], environment, order),
    converse: (child, order) => converseAcp(child, order, { authenticate, mode, permissions }),
  };
}

function refusal(kind: string, command: readonly string[] | undefined, agent: AgentDocument): string | undefined {
  if (command === undefined && (agent.command === undefined || agent.command.length === 0)) {
    return `An agent of kind ${kind} needs a command, such as ["gemini", "--acp"].`;
  }
  if (command !== undefined && agent.command !== undefined) {
    return `Agents of kind ${kind} are started by the host's own command; leave "command" out.`;
  }
  return undefined;
}

/**
 * A graph that names the program needs no authority for it, as a step with a command needs none; but like any agent's program, it is
 * never one from the workspace.
 */
async function launch(
  [name = "", ...args]: readonly string[],
  environment: Readonly<Record<string, string>>,
  { attempt, cwd }: AgentOrder,
): Promise<AgentLaunch> {
  const path = environment["PATH"] ?? attempt.step.env?.["PATH"] ?? process.env["PATH"];
  const program = await findTrustedProgram(name, path, await distrustedFor(attempt, cwd));
  if ("problem" in program) throw new LaunchDenied(program.problem);
  return { argv: [program.file, ...args], environment };
}
