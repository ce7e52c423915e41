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

function fullWorkOf({ command, shell, task, agent }: StepDocument): string {
  if (command !== undefined) return command.join(" ");
  if (shell !== undefined) return shell;
  if (task !== undefined) return `task ${task}`;
  const wanted = agent?.["task"];
  return `${agent?.kind ?? "agent"}: ${typeof wanted === "string" ? wanted : ""}`;
}
