import { chromium, type Browser } from "playwright-core";

/** A Chromium for scripts that are no tests: the one that `RUNFOLD_CHROMIUM` names, or Debian's. Whoever opens it closes it. */
export function pictureBrowser(): Promise<Browser> {
  const executablePath = process.env["RUNFOLD_CHROMIUM"] ?? "/usr/bin/chromium";
  // Chromium refuses to build its sandbox for root.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath, args });
}
