/**
 * What the viewer's page costs in a real browser: `node --import tsx bench/viewer-page.ts [STEPS]`.
 *
 * The reference is a plain table with a row for each step, in the same browser: opening it, and writing it anew. Absolute figures belong to
 * the machine; compare only what stands in one run of this file.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { buildPage } from "../test/support/viewer/built-page.ts";
import { pictureBrowser } from "../test/support/viewer/picture-browser.ts";
import { layeredStory } from "../test/support/viewer/stories.ts";
import { pageOf } from "../test/support/viewer/told-page.ts";
import { tellRun } from "../test/support/viewer/told-run.ts";

const steps = Number(process.argv[2] ?? 1_000);
const rounds = 7;
const jumps = 40;

const directory = mkdtempSync(join(tmpdir(), "viewer-bench-"));
const built = await buildPage();
const browser = await pictureBrowser();
try {
  const events = tellRun(layeredStory(steps, 100));
  const [viewer, table] = [join(directory, "viewer.html"), join(directory, "table.html")];
  writeFileSync(viewer, await pageOf(events, built.directory));
  writeFileSync(table, `<!doctype html><table>${rows(steps)}</table>`);
  const opened: number[] = [];
  const drawn: number[] = [];
  const plain: number[] = [];
  for (let round = 0; round < rounds; round++) {
    plain.push((await timesOf(browser, table, "tr")).paintMs);
    const times = await timesOf(browser, viewer, "canvas[data-painted]");
    opened.push(times.paintMs);
    drawn.push(times.readyMs);
  }
  console.log(
    `${steps} steps, ${events.length} events. First paint of a table of as many rows: ${median(plain).toFixed(0)} ms.`,
  );
  console.log(`First paint of the page: ${median(opened).toFixed(0)} ms, ${ratio(opened, plain)} times that.`);
  console.log(`With the graph drawn: ${median(drawn).toFixed(0)} ms, ${ratio(drawn, plain)} times that.`);
  const page = await open(browser, viewer);
  const slider = await sliderTimes(page, events.length);
  const rewritten = await rewriteTimes(page);
  console.log(`Writing that table anew, painted: ${median(rewritten).toFixed(1)} ms.`);
  console.log(
    `A step of the slider, painted: ${median(slider).toFixed(1)} ms, at most ${Math.max(...slider).toFixed(1)} ms, ${ratio(slider, rewritten)} times that.`,
  );
} finally {
  await browser.close();
  built.remove();
  rmSync(directory, { recursive: true, force: true });
}

async function open(inBrowser: Browser, file: string): Promise<Page> {
  const page = await inBrowser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(`file://${file}`);
  await page.waitForSelector("canvas[data-painted]");
  return page;
}

async function timesOf(inBrowser: Browser, file: string, ready: string): Promise<{ paintMs: number; readyMs: number }> {
  const page = await inBrowser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(`file://${file}`, { waitUntil: "commit" });
  await page.waitForSelector(ready, { state: "attached" });
  const readyMs = await page.evaluate<number>("performance.now()");
  const paintMs = await page.evaluate<number>(`new Promise((done) =>
    new PerformanceObserver((list) => {
      for (const { name, startTime } of list.getEntries()) if (name === "first-contentful-paint") done(startTime);
    }).observe({ type: "paint", buffered: true }))`);
  await page.close();
  return { paintMs, readyMs };
}

/** From the event of the slider until the frame after it was painted, from anywhere to anywhere. */
function sliderTimes(page: Page, head: number): Promise<number[]> {
  return page.evaluate<number[]>(`(async () => {
    const slider = document.querySelector(".slider");
    const times = [];
    for (let jump = 0; jump < ${jumps}; jump++) {
      const at = performance.now();
      slider.value = String(1 + ((jump * 7919) % ${head}));
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      times.push(performance.now() - at);
    }
    return times;
  })()`);
}

function rewriteTimes(page: Page): Promise<number[]> {
  return page.evaluate<number[]>(`(async () => {
    const table = document.createElement("table");
    document.body.replaceChildren(table);
    const times = [];
    for (let jump = 0; jump < ${jumps}; jump++) {
      const at = performance.now();
      const rows = Array.from({ length: ${steps} }, (_, row) => {
        const line = document.createElement("tr");
        for (const text of ["step-" + row, "succeeded", jump + row + " ms"]) line.insertCell().textContent = text;
        return line;
      });
      table.replaceChildren(...rows);
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      times.push(performance.now() - at);
    }
    return times;
  })()`);
}

function rows(count: number): string {
  return Array.from(
    { length: count },
    (_, row) => `<tr><td>step-${row}</td><td>succeeded</td><td>${row} ms</td></tr>`,
  ).join("");
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)]!;
}

function ratio(values: readonly number[], reference: readonly number[]): string {
  return (median(values) / median(reference)).toFixed(2);
}
