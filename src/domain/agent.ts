import type { StepId } from "./ids.ts";

/** What an agent step asks for, as the graph says it. Of `system` and `ref`, at most one; of kind `pi`, exactly one. */
export interface AgentDocument {
  /** Which agent program: `pi`, `acp`, or one that the host set up. */
  readonly kind: string;
  readonly task: string;
  /** Who the agent is: its system prompt, written here. */
  readonly system?: string;
  /** Who the agent is: a definition in a file, such as `package:reviewer`. */
  readonly ref?: string;
  /** Built-in tools by name; replaces those of the definition. */
  readonly tools?: readonly string[];
  /** Tools of extensions that the host offers, by name. */
  readonly extensionTools?: readonly string[];
  readonly model?: string;
  readonly thinking?: string;
  /** What the agent may change, in words; needed where it has tools that change anything. */
  readonly mutationScope?: string;
  /** How the agent program is started, where its kind leaves that open: for `acp`. */
  readonly command?: readonly string[];
}

/** What agents of a graph may be given. Each flag is false where it is left out. */
export interface GraphAuthority {
  /** The tools that read files. Every agent has them, so without this flag no agent can run. */
  readonly allowFilesystemRead?: boolean;
  readonly allowShellTools?: boolean;
  /** The tools that write files. */
  readonly allowMutationTools?: boolean;
  /** Tools of extensions. */
  readonly allowExtensionCode?: boolean;
  /** Agents, extensions and skills that come from the project that is worked on. */
  readonly allowProjectCode?: boolean;
}

export type LibrarySource = "package" | "user" | "project";

/** Where a graph may take agent definitions from. Default: the package alone. */
export interface GraphLibrary {
  readonly sources?: readonly LibrarySource[];
}

/**
 * An agent definition as it was found when the run started. It is kept in the journal, so that what the file says later changes
 * nothing that was started before.
 */
export interface AgentDefinition {
  /** `package:NAME`, `user:NAME` or `project:NAME`. */
  readonly ref: string;
  readonly name: string;
  readonly description: string;
  readonly source: LibrarySource;
  readonly filePath: string;
  readonly sha256: string;
  readonly system: string;
  readonly tools?: readonly string[];
  readonly model?: string;
  readonly thinking?: string;
  readonly tags?: readonly string[];
}

/** A finding about how an agent step is set up, before its run starts. */
export interface AgentFinding {
  readonly step: StepId;
  readonly code: string;
  readonly severity: "warning" | "error";
  readonly message: string;
  /** Below the step, as a JSON pointer: `/agent/tools/0`. */
  readonly pointer: string;
  readonly repair?: string;
}
