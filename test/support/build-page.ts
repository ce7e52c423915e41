import { execFileSync } from "node:child_process";
import { readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { repository } from "./built-command.ts";

const built = join(repository, "dist/viewer/page");
const sources = ["src", "vite.page.config.ts"];

/** Builds the viewer's page where it is older than its sources, so that no test looks at one of before. */
export default function buildPage(): void {
  const newest = Math.max(...sources.map((name) => newestIn(join(repository, name))));
  const builtAt = statSync(join(built, "index.html"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (builtAt > newest) return;
  const fresh = `${built}-${process.pid}`;
  const vite = join(repository, "node_modules/vite/bin/vite.js");
  const options = ["build", "--config", "vite.page.config.ts", "--outDir", fresh];
  execFileSync(process.execPath, [vite, ...options], { cwd: repository, stdio: "inherit" });
  rmSync(built, { recursive: true, force: true });
  renameSync(fresh, built);
}

function newestIn(path: string): number {
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(path).map((name) => newestIn(join(path, name))));
}
