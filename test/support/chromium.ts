import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";
import { onTestFinished } from "vitest";

/** How long a test with a browser may take: a start needs two seconds, and many times that where others keep the machine busy. */
export const chromiumTimeoutMs = 240_000;

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/** Names of hosts lead nowhere, so a page that asks anyone but this machine is answered with an error at once, also where there is a net. */
const flags = ["--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1", "--disable-dev-shm-usage"];

/**
 * A real Chromium without a window, closed when the test is over: the system's own, or the one that `RUNFOLD_CHROMIUM` names. Where
 * there is none the test is skipped with the reason; with `RUNFOLD_REQUIRE_CHROMIUM=1` it fails.
 */
export async function openChromium({ skip }: { readonly skip: (why: string) => never }): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    const why = `No Chromium was found: install one of ${names.join(", ")}, or name it in RUNFOLD_CHROMIUM.`;
    if (process.env["RUNFOLD_REQUIRE_CHROMIUM"] === "1") throw new Error(why);
    console.log(why);
    return skip(why);
  }
  // Chromium refuses to build its sandbox for root.
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const browser = await chromium.launch({ executablePath, args: [...flags, ...sandbox], timeout: chromiumTimeoutMs });
  onTestFinished(() => browser.close());
  return browser;
}

/** The executable of a Chromium of this machine, or undefined. */
function findChromium(): string | undefined {
  const named = process.env["RUNFOLD_CHROMIUM"];
  if (named !== undefined && named !== "") return named;
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => isExecutable(path));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
