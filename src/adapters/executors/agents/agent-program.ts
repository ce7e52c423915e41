import type { AgentDocument } from "../../../domain/agent.ts";
import type { Failure } from "../../../domain/failure.ts";
import type { Usage } from "../../../domain/usage.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Attempt } from "../../../ports/executor.ts";
import type { RecordChild } from "../processes/agent-child.ts";

/** One agent program: how it is started, and how it is spoken to. Everything else is the same for all of them. */
export interface AgentProgram {
  /** The `kind` that graphs call it by. */
  readonly kind: string;
  /**
   * Files of a project that set up the program, relative to the working directory or to any above it: an agent with shell tools is not started
   * where there is one. Default: those of pi. Empty for a program that reads none.
   */
  readonly projectSettings?: readonly string[];
  /** Why it cannot run such a step at all, or undefined. Quick; changes nothing. */
  refuses?(agent: AgentDocument): string | undefined;
  /**
   * What to start for one attempt. Asked right before the start.
   * @throws LaunchDenied saying why it must not or cannot be started
   */
  launch(order: AgentOrder): Promise<AgentLaunch>;
  /**
   * Talks with the started child until the work is over, however it ends. Resolves as soon as the outcome is known: the caller ends the
   * child. When `order.attempt.stop` asks to stop it tells the agent so in its own words, and gives back what there is then; if it
   * does not do so in time the child is ended, and its records close. Never rejects for anything that the child does.
   */
  converse(child: RecordChild, order: AgentOrder): Promise<AgentEnding>;
}

/** One attempt of one agent step, ready to be started. */
export interface AgentOrder {
  readonly attempt: Attempt;
  readonly clock: Clock;
  readonly agent: AgentDocument;
  readonly profile: AgentProfile;
  /** Where it works: an absolute real path. */
  readonly cwd: string;
  /** The delegated task, with what the steps before it gave. */
  readonly task: string;
  /** The system prompt, and a private file that holds it. */
  readonly systemPrompt: string;
  readonly systemPromptFile: string;
  /** A private directory of this attempt; gone when the attempt is over. */
  readonly scratch: string;
}

/** What an agent is and may do, with everything resolved. */
export interface AgentProfile {
  /** `inline:STEP`, or the reference of its definition. */
  readonly ref: string;
  readonly system: string;
  /** Built-in tools, in the order in which the program is told of them. */
  readonly tools: readonly string[];
  readonly extensionTools: readonly ExtensionTool[];
  readonly skills: readonly SkillSource[];
  readonly model: string | undefined;
  readonly thinking: string | undefined;
  readonly mutationScope: string | undefined;
}

/** A tool of an extension that the host offers; `realPath` is the extension's file or directory. */
export interface ExtensionTool {
  readonly name: string;
  readonly realPath: string;
}

export interface SkillSource {
  readonly name: string;
  readonly realPath: string;
}

export interface AgentLaunch {
  /** The program as an absolute path, and its arguments. */
  readonly argv: readonly string[];
  /** Variables beside those that every child gets; they win. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The child must not be, or cannot be, started; the step fails, and would fail the same way the next time. */
export class LaunchDenied extends Error {
  override readonly name = "LaunchDenied";
}

/** How a conversation ended. */
export type AgentEnding =
  | {
      readonly type: "succeeded";
      /** Every final answer, in order; at least one, none blank. */
      readonly finals: readonly string[];
      readonly usage?: Usage;
    }
  | {
      readonly type: "failed";
      readonly failure: Failure;
      /** Final answers that had been given before it failed. */
      readonly finals: readonly string[];
      /** The newest text that is no final answer: of the last message, or what was streamed of it so far. May be empty. */
      readonly lastText: string;
      readonly usage?: Usage;
    };
