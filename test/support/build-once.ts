import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { builtDirectoryVariable, repository } from "./built-command.ts";

/**
 * Builds the sources once for all tests that start the command: it then starts as it does for its users, and at once. Each
 * test run has a build of its own, so that two of them may go on side by side.
 */
export default function buildOnce(): () => void {
  const directory = `${repository}/test-dist-${process.pid}`;
  const compiler = `${repository}/node_modules/typescript/bin/tsc`;
  const options = ["-p", "tsconfig.build.json", "--outDir", directory, "--declaration", "false"];
  const withoutMaps = ["--declarationMap", "false", "--sourceMap", "false"];
  execFileSync(process.execPath, [compiler, ...options, ...withoutMaps], { cwd: repository, stdio: "inherit" });
  process.env[builtDirectoryVariable] = directory;
  return () => rmSync(directory, { recursive: true, force: true });
}
