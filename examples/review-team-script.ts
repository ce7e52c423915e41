import { setTimeout } from "node:timers/promises";
import { answer, calls, Gate, hold, thinks } from "../test/support/model-server/reply.ts";
import type { Part, Reply } from "../test/support/model-server/reply.ts";
import type { Script } from "../test/support/model-server/script.ts";

type Role = "scout" | "planner" | "newcomer" | "skeptic" | "synthesizer";

/** By what the system prompts of `review-team.json` say that its agents are. */
const roles: readonly (readonly [RegExp, Role])[] = [
  [/You are a scout\b/, "scout"],
  [/You are a planner\b/, "planner"],
  [/never seen this project/, "newcomer"],
  [/believes nothing/, "skeptic"],
  [/You are an editor\b/, "synthesizer"],
];

/** What a model would say to the review team, if it said the same of every repository. `paceMs` is how long it thinks at a time. */
export function reviewTeamScript(paceMs: number): Script {
  const turns = turnsOf(() => pause(paceMs));
  return ({ messages }) => {
    const system = messages.find(({ role }) => role === "system" || role === "developer")?.text ?? "";
    const role = roles.find(([said]) => said.test(system))?.[1];
    if (role === undefined) throw new Error("The review team has nobody with this system prompt.");
    const reply = turns[role][messages.filter(({ role }) => role === "assistant").length];
    if (reply === undefined) throw new Error(`The ${role} has said all that it has to say.`);
    return reply();
  };
}

function turnsOf(wait: () => Part): Readonly<Record<Role, readonly (() => Reply)[]>> {
  return {
    scout: [
      () =>
        answer(
          thinks("What does a newcomer see first?"),
          wait(),
          calls("ls", { path: "." }),
          calls("ls", { path: "docs" }),
        ),
      () =>
        answer(
          "README.md promises a start in one command.\n",
          wait(),
          "docs/ promises the words and the rules behind it.",
        ),
    ],
    planner: [
      () =>
        answer(
          "1. Does the first command of README.md work as it is written?\n",
          wait(),
          "2. Is each word explained before it is used?",
        ),
    ],
    newcomer: [
      () => answer("I read it from the top.", wait(), calls("read", { path: "README.md" })),
      () => answer(wait(), "README.md: I would like to see what the first command prints before I run it."),
    ],
    skeptic: [
      () => answer(wait(), calls("read", { path: "README.md" }), calls("read", { path: "package.json" })),
      () => answer(wait(), "README.md: what it imports is what package.json exports. I found nothing that is not so."),
    ],
    synthesizer: [
      () =>
        answer(
          "1. README.md: show what the first command prints (newcomer).\n",
          wait(),
          "2. Nothing else: the claims hold (skeptic).",
        ),
    ],
  };
}

function pause(ms: number): Part {
  const gate = new Gate();
  void setTimeout(ms, undefined, { ref: false }).then(() => gate.open());
  return hold(gate);
}
