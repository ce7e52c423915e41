import type { StepStatus } from "../../../domain/status.ts";
import { stepStatuses } from "../../../domain/status.ts";
import { stepShapes } from "./status-shapes.ts";

let paths: Readonly<Record<StepStatus, Path2D>> | undefined;

/** The signs of all statuses, made once, when something is painted for the first time. */
export function shapePaths(): Readonly<Record<StepStatus, Path2D>> {
  paths ??= Object.fromEntries(
    stepStatuses.map((status) => [status, new Path2D(stepShapes[status].path)]),
  ) as unknown as Record<StepStatus, Path2D>;
  return paths;
}
