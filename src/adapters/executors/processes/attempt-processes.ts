import type { Clock } from "../../../ports/clock.ts";
import type { Attempt } from "../../../ports/executor.ts";
import type { ChildProcesses } from "./child-processes.ts";
import type { Environment } from "./environment.ts";
import { markVariable, type MarkedEnd } from "./marked-processes.ts";
import { ownerMark, ownerVariable } from "./orphans.ts";
import { PrivateFiles } from "./private-files.ts";
import { ProcessStop } from "./process-stop.ts";
import { spawnGuarded, type GuardedProcess, type Launch } from "./spawn-guarded.ts";

/** What one attempt starts its processes with, and ends them. */
export class AttemptProcesses {
  readonly clock: Clock;
  /** Every request to stop the attempt, that of the closing executor included. */
  readonly stop: ProcessStop;
  /** A private directory of the attempt; gone when the attempt is over. */
  readonly files: PrivateFiles;
  /** Variables that everything the attempt starts carries, and is found by. They win over any others. */
  readonly marks: Environment;
  /** Begins the messages of the shell that could not become the program; see {@link gateProblem}. */
  readonly gateName: string;
  /** Its work is done and its result given; what is left is to see its process out, which has an end of its own. */
  isLeaving = false;
  private readonly all: ChildProcesses;
  private readonly mark: string;

  constructor(all: ChildProcesses, mark: string, { owner, stop }: Pick<Attempt, "owner" | "stop">) {
    this.all = all;
    this.mark = mark;
    this.clock = all.clock;
    this.stop = new ProcessStop(all.clock, stop);
    this.files = new PrivateFiles(owner, all.guardian);
    this.marks = { [markVariable]: mark, [ownerVariable]: ownerMark(owner) };
    this.gateName = `runfold-gate-${mark}`;
  }

  /**
   * Starts a program, marked and known to the guardian.
   * @throws Error saying why nothing was started; `launchProblem` puts it into words
   */
  async start(launch: Omit<Launch, "gateName">): Promise<GuardedProcess> {
    const environment = { ...launch.environment, ...this.marks };
    return await spawnGuarded({ ...launch, environment, gateName: this.gateName }, this.all.guardian);
  }

  /** To be called when no member of a process's group is left. */
  release(process: GuardedProcess): void {
    this.all.guardian.release(process.pid);
  }

  /** Ends what the attempt started and what has left its group. */
  async endEscaped(): Promise<MarkedEnd> {
    return await this.all.marked.end(this.clock, this.mark);
  }
}
