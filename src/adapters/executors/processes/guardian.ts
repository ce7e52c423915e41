import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { Socket } from "node:net";
import { guardianScript } from "./guardian-script.ts";

/**
 * Sees to it that no child process outlives this process, even when it is killed outright: a tiny process of its own, started with
 * the first command, that knows the live process groups and learns from its closed stdin that it must end them. It then also removes
 * the private directories that it was told of.
 */
export class Guardian {
  private readonly mark: string;
  private readonly path: string | undefined;
  private readonly groups = new Set<number>();
  private readonly directories = new Set<string>();
  private running: ChildProcess | undefined;

  /** `mark` begins the marks of all that it guards; `path` is where it finds `grep`, `rm` and `sleep`. */
  constructor(mark: string, path: string | undefined) {
    this.mark = mark;
    this.path = path;
  }

  /** Resolves once the group is in the guardian's pipe, where it is safe whatever happens to this process. */
  async watch(group: number): Promise<void> {
    this.groups.add(group);
    const child = this.running ?? this.start();
    try {
      await this.tell(child, `+ ${group}\n`);
    } catch {
      // Someone killed it. The next one is told of all groups when it starts, of this one for certain.
      if (this.running === child) this.running = undefined;
      await this.tell(this.running ?? this.start(), `+ ${group}\n`);
    }
  }

  /** Forgets a group that has no members any more. */
  release(group: number): void {
    if (!this.groups.delete(group) || this.running === undefined) return;
    this.tell(this.running, `- ${group}\n`).catch(() => undefined);
  }

  /** Has a directory removed when this process dies. Nothing is started for it: that is done with the first group. */
  watchDirectory(path: string): void {
    // It is told in lines. The directory of such a path is left to later owners of the run.
    if (path.includes("\n")) return;
    this.directories.add(path);
    if (this.running !== undefined) this.tell(this.running, `d ${path}\n`).catch(() => undefined);
  }

  releaseDirectory(path: string): void {
    if (!this.directories.delete(path) || this.running === undefined) return;
    this.tell(this.running, `r ${path}\n`).catch(() => undefined);
  }

  /** Ends the guardian. If groups are left that could not be ended, it gets to try once more. */
  async close(): Promise<void> {
    const child = this.running;
    if (child === undefined) return;
    this.running = undefined;
    if (this.groups.size > 0) {
      child.stdin?.end();
      return;
    }
    child.ref();
    const gone = once(child, "exit");
    if (child.kill("SIGKILL")) await gone;
  }

  /** @throws Error when it cannot be started */
  private start(): ChildProcess {
    const child = spawn("/bin/sh", ["-c", guardianScript, "runfold-guardian", this.mark], {
      cwd: "/",
      // Without the mark, or it would end itself.
      env: { PATH: this.path ?? "/usr/bin:/bin" },
      stdio: ["pipe", "ignore", "ignore"],
      // In a session of its own it is spared when a terminal ends everything at once.
      detached: true,
    });
    child.on("error", () => undefined);
    if (child.pid === undefined) throw new Error("the guardian process could not be started");
    child.on("exit", () => {
      if (this.running === child) this.running = undefined;
    });
    child.unref();
    child.stdin.on("error", () => undefined);
    if (child.stdin instanceof Socket) child.stdin.unref();
    this.running = child;
    for (const path of this.directories) this.tell(child, `d ${path}\n`).catch(() => undefined);
    for (const group of this.groups) this.tell(child, `+ ${group}\n`).catch(() => undefined);
    return child;
  }

  private tell(child: ChildProcess, lines: string): Promise<void> {
    return new Promise((resolve, reject) => {
      child.stdin?.write(lines, (error) => (error ? reject(error) : resolve()));
    });
  }
}
