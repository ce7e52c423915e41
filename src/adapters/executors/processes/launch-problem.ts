/** What the operating system says when it starts nothing, for people. */
const reasons: Readonly<Record<string, string>> = {
  E2BIG: "its arguments and environment are too large for the operating system (E2BIG)",
  EAGAIN: "the operating system allows no more processes (EAGAIN)",
  ENOMEM: "the operating system has no memory left for it (ENOMEM)",
  EMFILE: "this process has too many files open (EMFILE)",
  ENFILE: "the operating system has too many files open (ENFILE)",
  EACCES: "its working directory may not be entered (EACCES)",
  ENOENT: "its working directory, or /bin/sh, does not exist (ENOENT)",
  ENOTDIR: "its working directory is not a directory (ENOTDIR)",
};

/** Why a command could not be started. */
export function launchProblem(program: string, error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const why = reasons[code] ?? (error instanceof Error ? error.message : String(error));
  return `${program} could not be started: ${why}.`;
}
