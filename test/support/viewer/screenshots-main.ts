import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repository } from "../built-command.ts";
import { buildPage } from "./built-page.ts";
import { pictureBrowser } from "./picture-browser.ts";
import { releaseStory } from "./stories.ts";
import { pageOf } from "./told-page.ts";
import { tellRun } from "./told-run.ts";

/** Makes the pictures of the documents: `npm run screenshots`. The same page gives the same pictures, but for fonts. */
const bytesMax = 300_000;
const place = mkdtempSync(join(tmpdir(), "viewer-pictures-"));
const built = await buildPage();
const browser = await pictureBrowser();
try {
  const file = join(place, "run.html");
  writeFileSync(file, await pageOf(tellRun(releaseStory()), built.directory));
  const folder = join(repository, "docs", "images");
  mkdirSync(folder, { recursive: true });
  for (const scheme of ["light", "dark"] as const) {
    const page = await browser.newPage({
      viewport: { width: 1360, height: 850 },
      colorScheme: scheme,
      timezoneId: "UTC",
    });
    await page.goto(`file://${file}`);
    await page.waitForSelector("canvas[data-painted]");
    // In the middle of the run: some steps have ended, some run, one is tried again.
    await page.getByRole("slider", { name: "Position" }).fill("153");
    await page.getByLabel("Filter").fill("review-sdk");
    await page.locator(".line .link").click();
    await page.getByLabel("Filter").fill("");
    await page.locator(".panel h2").click();
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
    const picture = join(folder, scheme === "light" ? "viewer.png" : "viewer-dark.png");
    await page.screenshot({ path: picture, animations: "disabled" });
    const { size } = statSync(picture);
    if (size > bytesMax) throw new Error(`${picture} has ${size} bytes, more than ${bytesMax}.`);
    console.log(`${picture}: ${size} bytes`);
    await page.close();
  }
} finally {
  await browser.close();
  built.remove();
  rmSync(place, { recursive: true, force: true });
}
