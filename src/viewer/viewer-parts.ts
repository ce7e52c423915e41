import type { ArtifactStore, Clock, Runtime } from "../index.ts";
import type { Page } from "./page-files.ts";

/** What a viewer is made of. */
export interface ViewerParts {
  readonly runtime: Runtime;
  readonly artifacts: ArtifactStore | undefined;
  readonly clock: Clock;
  readonly page: Page;
  readonly token: string;
  readonly isReadOnly: boolean;
  /** Is told of what failed here, and of our own bugs; not of what callers got wrong. */
  readonly onProblem: (problem: unknown) => void;
}
