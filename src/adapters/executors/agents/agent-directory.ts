import { constants } from "node:fs";
import { lstat, open, readdir, realpath } from "node:fs/promises";
import { join, relative } from "node:path";
import type { AgentDefinition, LibrarySource } from "../../../domain/agent.ts";
import { limits } from "../../../domain/limits.ts";
import { parseAgentFile } from "./agent-file.ts";
import { reasonOf } from "./reason-of.ts";
import { isInside } from "./inside.ts";

/** Something about the agents of a source that is not as it should be. */
export interface LibraryFinding {
  readonly code: string;
  readonly severity: "info" | "warning" | "error";
  readonly message: string;
  readonly source: LibrarySource;
  /** The file or directory that it is about. */
  readonly path: string;
}

export interface SourceAgents {
  /** In order of their files' names. */
  readonly definitions: readonly AgentDefinition[];
  readonly findings: readonly LibraryFinding[];
}

/**
 * The agents that the Markdown files of a directory define; files in directories below it do not count. What is wrong with one file is a
 * warning, and hides no other. `within` is where the directory must lie, without a symlink on the way to it. A directory that is not there has no agents.
 */
export async function readAgentDirectory(
  source: LibrarySource,
  directory: string,
  within?: string,
): Promise<SourceAgents> {
  const reading = new DirectoryReading(source, directory);
  await reading.run(within);
  return reading;
}

class DirectoryReading implements SourceAgents {
  readonly definitions: AgentDefinition[] = [];
  readonly findings: LibraryFinding[] = [];
  private readonly source: LibrarySource;
  private readonly directory: string;

  constructor(source: LibrarySource, directory: string) {
    this.source = source;
    this.directory = directory;
  }

  async run(within: string | undefined): Promise<void> {
    const names = await this.names(within);
    if (names.length > limits.agentFilesMax) {
      const left = names.length - limits.agentFilesMax;
      this.warn(
        "agent-files-too-many",
        this.directory,
        `It has more than ${limits.agentFilesMax} agent files; the last ${left} are left out.`,
      );
    }
    const files = new Map<string, string>();
    for (const name of names.slice(0, limits.agentFilesMax)) {
      const path = join(this.directory, name);
      const bytes = await this.bytesOf(path);
      if (bytes === undefined) continue;
      const parsed = parseAgentFile(this.source, path, bytes);
      if (parsed.type === "problem") {
        this.warn(parsed.code, path, parsed.message);
        continue;
      }
      const { definition, warnings } = parsed;
      for (const { code, message } of warnings) this.warn(code, path, message);
      const earlier = files.get(definition.ref);
      if (earlier !== undefined) {
        this.warn(
          "agent-ref-duplicate",
          path,
          `${definition.ref} is defined by ${earlier} already; this file is left out.`,
        );
        continue;
      }
      files.set(definition.ref, path);
      this.definitions.push(definition);
    }
  }

  private async names(within: string | undefined): Promise<readonly string[]> {
    try {
      if (within !== undefined && !(await this.isReachedWithin(within))) return [];
      const names = await readdir(this.directory);
      return names.filter((name) => name.endsWith(".md")).toSorted();
    } catch (error) {
      if (codeOf(error) !== "ENOENT") this.warn("agent-dir-list-failed", this.directory, reasonOf(error));
      return [];
    }
  }

  private async isReachedWithin(within: string): Promise<boolean> {
    let path = within;
    for (const segment of relative(within, this.directory).split("/")) {
      path = join(path, segment);
      if (!(await lstat(path)).isSymbolicLink()) continue;
      this.warn(`${this.source}-agents-symlink-denied`, path, "It is a symlink, so nothing below it is read.");
      return false;
    }
    if (isInside(await realpath(within), await realpath(this.directory))) return true;
    this.warn(`${this.source}-agents-escape-denied`, this.directory, `It leads out of ${within}, so it is not read.`);
    return false;
  }

  private async bytesOf(path: string): Promise<Uint8Array | undefined> {
    try {
      // Should it be a pipe, opening it must not wait for a writer.
      const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      try {
        const stats = await file.stat();
        if (!stats.isFile()) return this.leaveOut("agent-read-failed", path, "It is no file.");
        const buffer = Buffer.alloc(limits.agentFileBytesMax + 1);
        let bytes = 0;
        for (;;) {
          const { bytesRead } = await file.read(buffer, bytes, buffer.length - bytes);
          bytes += bytesRead;
          if (bytes > limits.agentFileBytesMax) {
            return this.leaveOut("agent-file-too-large", path, `It has more than ${limits.agentFileBytesMax} bytes.`);
          }
          if (bytesRead === 0) return buffer.subarray(0, bytes);
        }
      } finally {
        await file.close();
      }
    } catch (error) {
      const isLink = codeOf(error) === "ELOOP" || codeOf(error) === "EMLINK";
      return isLink
        ? this.leaveOut(`${this.source}-agent-symlink-denied`, path, "It is a symlink.")
        : this.leaveOut("agent-read-failed", path, reasonOf(error));
    }
  }

  private leaveOut(code: string, path: string, message: string): undefined {
    this.warn(code, path, message);
  }

  private warn(code: string, path: string, message: string): void {
    this.findings.push({ code, severity: "warning", message, source: this.source, path });
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
