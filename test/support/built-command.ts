import { fileURLToPath } from "node:url";

export const repository = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** Where this test run keeps its build: as deep as `dist/`, so that paths relative to the built files are the same. */
export const builtDirectoryVariable = "RUNFOLD_TEST_BUILD";

/** What starts the real command, from any directory. */
export const commandLine: readonly string[] = [
  process.execPath,
  `${process.env[builtDirectoryVariable] ?? "the build of the test run is missing"}/cli/main.js`,
];
