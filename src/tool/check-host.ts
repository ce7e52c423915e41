import { quotedValue } from "../domain/quoted-text.ts";
import { RunfoldError } from "../index.ts";
import type { TeamToolHost } from "./tool-host.ts";

type Figures = Pick<TeamToolHost, "stepsMax" | "liveRunsMax" | "retainedRunsMax">;

/** A figure that is none would compare as false with everything, and so be no limit at all. @throws `tool.invalid` */
export function checkFigures({ stepsMax, liveRunsMax, retainedRunsMax }: Figures): void {
  for (const [name, figure] of Object.entries({ stepsMax, liveRunsMax, retainedRunsMax })) {
    if (figure === undefined || (Number.isSafeInteger(figure) && figure > 0)) continue;
    const message = `The host's ${name} is a whole number above 0, not ${quotedValue(figure)}.`;
    throw new RunfoldError("tool.invalid", message, { details: { option: name } });
  }
}
