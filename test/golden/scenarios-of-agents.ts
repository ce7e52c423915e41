import type { Commit } from "../../src/domain/commit.ts";
import type { AgentDefinition } from "../../src/domain/agent.ts";
import type { GraphDocument, StepDocument } from "../../src/domain/graph-document.ts";
import type { Input, MessageOutcome } from "../../src/domain/inputs.ts";
import type { Usage } from "../../src/domain/usage.ts";
import { commitsOf } from "./journal-file.ts";
import { Recorder, graphOf } from "./recorder.ts";
import { failed } from "./scenarios-of-runs.ts";

const reviewer: AgentDefinition = {
  ref: "package:reviewer",
  name: "reviewer",
  description: "Reads changes and says what is wrong with them.",
  source: "package",
  filePath: "/usr/lib/node_modules/runfold/agents/reviewer.md",
  sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  system: "You review changes.\nBe brief.",
  tools: ["read", "grep"],
  model: "large",
  thinking: "low",
  tags: ["review"],
};
const scout: AgentDefinition = {
  ref: "project:scout",
  name: "scout",
  description: "",
  source: "project",
  filePath: "/home/ada/site/.agents/scout.md",
  sha256: "0".repeat(64),
  system: "",
};

const agent = (id: string, rest: Partial<StepDocument> = {}): StepDocument => {
  return { id, agent: { kind: "pi", task: `Do ${id}.`, ref: "package:reviewer" }, ...rest };
};

const little: Usage = { inputTokens: 1_200, outputTokens: 80 };
const much: Usage = {
  inputTokens: 91_000,
  outputTokens: 4_100,
  cacheReadTokens: 60_000,
  cacheWriteTokens: 0,
  costUsd: 0.1375,
  turns: 12,
  model: "large-2026-01",
};

/** A recorder that also speaks to steps. */
class Talk extends Recorder {
  say(step: string, text: string, key?: string, channel: "steer" | "follow_up" = "steer"): this {
    return this.take({ type: "message.send", step, channel, text, ...(key === undefined ? {} : { key }) });
  }

  hear(step: string, message: number, outcome: MessageOutcome, reason?: string): this {
    const said = reason === undefined ? {} : { reason };
    return this.take(
      { type: "message.report", step, attempt: this.attemptOf(step), message, outcome, ...said },
      40,
    );
  }

  end(step: string, value: string, usage?: Usage): this {
    const spent = usage === undefined ? {} : { usage };
    return this.take({ type: "step.succeed", step, attempt: this.attemptOf(step), output: { value }, ...spent });
  }

  miss(step: string, usage: Usage, rest: Partial<Extract<Input, { type: "step.fail" }>> = {}): this {
    const attempt = this.attemptOf(step);
    return this.take({ type: "step.fail", step, attempt, failure: failed, ...rest, usage, jitter: 0.5 });
  }

  define(graph: GraphDocument, definitions: readonly AgentDefinition[]): this {
    const owner = { host: "build-7", pid: 4711, processStart: "81523" };
    const run = { run: this.run, life: `life-of-${this.run}`, graph, root: "/home/ada/site", places: [], owner };
    return this.take({ type: "run.start", ...run, definitions }, 0);
  }
}

const team: readonly StepDocument[] = [
  agent("scout", { agent: { kind: "pi", task: "Look around.", ref: "project:scout" } }),
  agent("review", { retry: { attempts: 3, backoffSeconds: 2 }, timeoutSeconds: 600 }),
  agent("fix", { retry: { attempts: 2 } }),
  agent("report", { needs: ["scout"], after: ["review"] }),
];

/** Definitions, tool calls, usage of attempts however they end, and every way that a message can go. */
export function talkedTo(): readonly Commit[] {
  return new Talk("talked-1")
    .define(graphOf("talk", team, { concurrency: 3 }), [reviewer, scout])
    .say("report", "Too early.", "k1")
    .say("scout", "Look into docs, too.", "k1")
    .progress("scout", { kind: "tool", tool: "read", phase: "started", call: "c1", summary: "docs/events.md" })
    .progress("scout", { kind: "tool", tool: "read", phase: "ended", call: "c1", isError: false })
    .progress("scout", { kind: "tool", tool: "bash", phase: "ended", isError: true, summary: "exit code 1" })
    .hear("scout", 2, "accepted")
    .hear("scout", 2, "consumed")
    .say("scout", "Another thing.", "k1")
    .say("scout", "Given at once. 😀 <end>\u2028", undefined, "follow_up")
    .hear("scout", 4, "consumed")
    .say("review", "Refused.", "k2")
    .hear("review", 5, "denied", "It is compacting.")
    .say("review", "Answered late.", "k3")
    .hear("review", 6, "unknown", "The program did not answer within 10 s.")
    .hear("review", 6, "accepted")
    .say("review", "Never answered.", "k4", "follow_up")
    .hear("review", 7, "unknown", "The program did not answer within 10 s.")
    .say("review", "On its way at the end.")
    .miss("review", little, { partial: { value: "half a review" } })
    .say("review", "While it waits.", "k5")
    .say("fix", "x".repeat(40_000), "long")
    .say("fix", "x".repeat(40_000), "longer", "follow_up")
    .hear("fix", 10, "accepted")
    .miss("fix", much)
    .retry("review")
    .end("scout", "seen", much)
    .say("review", "Once more.", "k5")
    .timeOut("review")
    .say("review", "While it is stopped.")
    .miss("review", { ...little, costUsd: 0.5 }, { partial: { value: "later" } })
    .end("fix", "fixed", little)
    .retry("review")
    .timeOut("review")
    .miss("review", little)
    .miss("report", little).commits;
}

/** A message budget that is used up, a run that is canceled under way, and what that leaves of its messages. */
export function toldTooMuch(): readonly Commit[] {
  const talk = new Talk("told-1").define(graphOf("budget", [agent("busy"), agent("next", { needs: ["busy"] })]), [
    reviewer,
  ]);
  for (let number = 1; number <= 17; number++) talk.say("busy", `Thing ${number}.`, `k${number}`);
  return talk
    .say("busy", "y".repeat(50_001))
    .hear("busy", 1, "accepted")
    .cancel("Said enough.")
    .hear("busy", 1, "consumed")
    .say("busy", "Never mind.")
    .miss("busy", much, { failure: { kind: "aborted", message: "It was told to stop." } }).commits;
}

/** Messages of attempts whose process was lost: said again to what goes on or comes next, and unknown where nothing does. */
export function lostWithMessages(): readonly Commit[] {
  const steps = [agent("resumed"), agent("again"), agent("once", { onInterrupted: "fail" }), agent("held")];
  return new Talk("lost-1")
    .start(graphOf("lost", steps, { concurrency: 3, maxRunSeconds: 3_000 }))
    .say("resumed", "Sent.", "r1")
    .say("resumed", "Given.", "r2")
    .hear("resumed", 2, "consumed")
    .say("resumed", "Doubtful.")
    .hear("resumed", 3, "unknown", "No answer.")
    .say("again", "First.", "a1", "follow_up")
    .say("again", "Second.", "a2")
    .hear("again", 4, "accepted")
    .say("once", "Lost.", "o1")
    .recover(["resumed"])
    .hear("resumed", 1, "accepted")
    .hear("resumed", 3, "consumed")
    .hear("again", 4, "consumed")
    .timeOut("again")
    .recover()
    .recover([], 3_600_000).commits;
}

/** The past of the version before goes on with agents that listen; a fork tells the attempts that it makes again. */
export function forkedWithMessages(): readonly Commit[] {
  const past = new Talk("unfinished-1", commitsOf("schema-2", "unfinished"))
    .recover(["stuck"], 1_000)
    .say("stuck", "Are you there?", "s1")
    .say("quick", "And you?").commits;
  return new Talk("forked-3", past)
    .fork(undefined, [], [reviewer])
    .hear("stuck", 1, "consumed")
    .cancel("Seen enough.", true)
    .abort("stuck").commits;
}
