import { problemJson, problemLines, type Problem } from "./errors.ts";
import type { Output } from "./output.ts";

/** Where a command's answers and its complaints go. */
export interface Outputs {
  readonly out: Output;
  readonly err: Output;
  readonly isJson: boolean;
}

/** Programs find a problem where they look for the result. */
export async function tellProblem(problem: Problem, { out, err, isJson }: Outputs): Promise<void> {
  if (isJson) await out.line(problemJson(problem));
  else await err.line(problemLines(problem).join("\n"));
}
