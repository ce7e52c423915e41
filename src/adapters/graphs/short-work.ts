import type { StepDocument } from "../../domain/graph-document.ts";

const shownCharsMax = 36;

/** What a step runs, short enough for a box: `git log --oneline`, `task summarize`, `pi: Review the changes`. */
export function shortWorkOf(step: StepDocument): string {
  const text = fullWorkOf(step)
    .replaceAll(/[\s\p{Cc}]+/gu, " ")
    .trim();
  const characters = Array.from(text.slice(0, 2 * shownCharsMax + 2));
  return characters.length > shownCharsMax
    ? `${characters.slice(0, shownCharsMax - 1).join("")}…`
    : characters.join("");
}

function fullWorkOf({ command, shell, task, agent, parser }: StepDocument): string {
  // What such a command does is in its prompt, far behind; that it is an agent is worth saying.
  const prefix = parser === undefined ? "" : `${parser}: `;
  if (command !== undefined) return `${prefix}${command.join(" ")}`;
  if (shell !== undefined) return `${prefix}${shell}`;
  if (task !== undefined) return `task ${task}`;
  return `${agent?.kind ?? "agent"}: ${agent?.task ?? ""}`;
}
