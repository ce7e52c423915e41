import type { RunStatus, StepStatus } from "../../../domain/status.ts";

/** A sign for each status in a square of 12 by 12, so that nobody has to tell them by colour. `isFilled` fills it, otherwise it is drawn as a line. */
export interface StatusShape {
  readonly path: string;
  readonly isFilled: boolean;
  /** The name of its colour, `--status-…`. */
  readonly color: string;
}

const ring = "M6 1.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9z";

export const stepShapes: Readonly<Record<StepStatus, StatusShape>> = {
  pending: { path: "M6 2.5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 1 0 0-7z", isFilled: false, color: "pending" },
  running: { path: "M3 1.8v8.4l7-4.2z", isFilled: true, color: "running" },
  succeeded: { path: "M1.8 6.4l2.8 2.9l5.6-6.4", isFilled: false, color: "succeeded" },
  failed: { path: "M2.5 2.5l7 7M9.5 2.5l-7 7", isFilled: false, color: "failed" },
  timedOut: { path: `${ring}M6 3.2v3l2.2 1.3`, isFilled: false, color: "timedOut" },
  blocked: { path: `${ring}M2.9 9.1l6.2-6.2`, isFilled: false, color: "blocked" },
  canceled: { path: "M2 2h8v8h-8zM4 6h4", isFilled: false, color: "canceled" },
};

export const runShapes: Readonly<Record<RunStatus, StatusShape>> = {
  running: stepShapes.running,
  canceling: { ...stepShapes.canceled, color: "running" },
  succeeded: stepShapes.succeeded,
  mixed: { path: "M1.5 3.8l1.6 1.7l3.2-3.7M6.5 6.5l4 4M10.5 6.5l-4 4", isFilled: false, color: "timedOut" },
  failed: stepShapes.failed,
  canceled: stepShapes.canceled,
  expired: stepShapes.timedOut,
};
