import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "vite";
import { repository } from "../built-command.ts";

/** Builds the viewer's page as the package does, into a directory of its own. */
export async function buildPage(): Promise<{ readonly directory: string; readonly remove: () => void }> {
  const directory = mkdtempSync(join(tmpdir(), "viewer-page-"));
  const configFile = join(repository, "vite.page.config.ts");
  await build({ configFile, logLevel: "error", build: { outDir: directory }, mode: "production" });
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}
