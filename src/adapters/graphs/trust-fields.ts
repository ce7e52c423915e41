import type { GraphField } from "./graph-field.ts";

function flag(title: string, description: string): GraphField {
  return {
    title,
    description: `${description} Default: false.`,
    rule: "true or false",
    repair: "Write true or false, without quotes, or leave it out for false.",
  };
}

/** What is told about the fields under `authority` and `library`: what a graph trusts its agents with. */
export const trustFields = {
  authority: {
    title: "Authority",
    description: "What the agents of this graph may be given. Whatever is not allowed here no agent gets.",
    rule: "an object",
    repair: 'Write an object such as { "allowFilesystemRead": true }, or leave "authority" out to allow nothing.',
  },
  "authority.allowFilesystemRead": flag(
    "Reading files",
    "Allows the tools that read files. Every agent has them, so without this no agent can run.",
  ),
  "authority.allowShellTools": flag("Shell", "Allows the tools that run commands."),
  "authority.allowMutationTools": flag("Writing files", "Allows the tools that write files."),
  "authority.allowExtensionCode": flag("Extensions", "Allows tools of extensions."),
  "authority.allowProjectCode": flag(
    "Project code",
    "Allows agents, extensions and skills that come from the project that is worked on.",
  ),
  library: {
    title: "Library",
    description: "Where agent definitions come from.",
    rule: "an object",
    repair: 'Write an object such as { "sources": ["package", "user"] }, or leave "library" out for the package alone.',
  },
  "library.sources": {
    title: "Sources",
    description:
      'Where "ref" of an agent may be looked up: "package", "user" and "project"; the last needs "authority.allowProjectCode". Default: "package" alone. Repeats count once.',
    rule: 'a list of 1 to 3 of "package", "user" and "project"',
    repair: 'Write a list such as ["package", "user"], or leave it out for the package alone.',
  },
  "library.sources.*": {
    title: "Source",
    description: '"package" comes with Runfold, "user" is the user\'s own, "project" is the project that is worked on.',
    rule: 'one of "package", "user" and "project"',
    repair: 'Write "package", "user" or "project".',
  },
} as const satisfies Record<string, GraphField>;
