import type { Place } from "../domain/events.ts";

/** Looks at working directories before a run starts. */
export interface Workspace {
  /**
   * A working directory as it is now, or why it may not be used: it must be an existing directory inside `root`, reached
   * without a symbolic link.
   */
  inspect(root: string, cwd: string): Promise<Place | PlaceProblem>;
  /** The absolute, real path of a root. */
  realRoot(root: string): Promise<string>;
}

export interface PlaceProblem {
  readonly code: string;
  readonly message: string;
}
