import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (file: string): string => fileURLToPath(new URL(`src/${file}`, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^runfold$/, replacement: source("index.ts") },
      { find: /^runfold\/agents$/, replacement: source("agents.ts") },
      { find: /^runfold\/inspect$/, replacement: source("inspect.ts") },
      { find: /^runfold\/mcp$/, replacement: source("mcp.ts") },
      { find: /^runfold\/otel$/, replacement: source("otel.ts") },
      { find: /^runfold\/sqlite$/, replacement: source("sqlite.ts") },
      { find: /^runfold\/tool$/, replacement: source("tool.ts") },
      { find: /^runfold\/viewer$/, replacement: source("viewer.ts") },
      { find: /^runfold\/testing$/, replacement: source("testing.ts") },
      { find: /^runfold\/xstate$/, replacement: source("xstate.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/build-once.ts", "test/support/build-page.ts", "test/support/install-agents.ts"],
    setupFiles: ["test/support/setup.ts"],
    // Many tests wait for processes and disks, so two files for each core keep the cores at work.
    maxWorkers: availableParallelism() * 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    typecheck: { enabled: true, include: ["test/types/**/*.test-d.ts"], checker: "tsc" },
  },
});
