import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { RecordedEvent } from "../../src/domain/events.ts";
import { repository } from "../support/built-command.ts";
import { openChromium } from "../support/chromium.ts";
import { placeWith } from "../support/scratch-places.ts";
import { pageOf } from "../support/viewer/told-page.ts";

/** Where the built page lies: it is built before the tests. */
const pageDirectory = join(repository, "dist/viewer/page");

/** A page in a real browser, with all that it asked for and all that went wrong in it. */
export interface Opened {
  readonly page: Page;
  readonly requests: readonly string[];
  readonly problems: readonly string[];
}

export interface OpenOptions {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: "light" | "dark";
  readonly isOffline?: boolean;
}

type Skipping = Parameters<typeof openChromium>[0];

export async function openAt(skipping: Skipping, url: string, options: OpenOptions = {}): Promise<Opened> {
  const { width = 1280, height = 800, scheme = "light", isOffline = false } = options;
  const browser = await openChromium(skipping);
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, offline: isOffline });
  const page = await context.newPage();
  const requests: string[] = [];
  const problems: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("dialog", (dialog) => void problems.push(`dialog: ${dialog.message()}`));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  await page.goto(url);
  return { page, requests, problems };
}

/** A recorded run in one file, open in a browser without a net. */
export async function openRecorded(
  skipping: Skipping,
  events: readonly RecordedEvent[],
  options: OpenOptions = {},
  change: (html: string) => string = (html) => html,
): Promise<Opened> {
  const html = change(await pageOf(events, pageDirectory));
  const file = join(placeWith({ "run.html": html }), "run.html");
  const opened = await openAt(skipping, `file://${file}`, { isOffline: true, ...options });
  await isPainted(opened.page);
  return opened;
}

/** The graph was laid out and painted. */
export async function isPainted(page: Page): Promise<void> {
  await page.waitForSelector("canvas[data-painted]");
  await twoFrames(page);
}

/** Whatever was to be painted has been. */
export async function twoFrames(page: Page): Promise<void> {
  await page.evaluate(
    () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
  );
}

/** Moves the slider, as a mouse does. */
export async function slideTo(page: Page, position: number): Promise<void> {
  await page.getByRole("slider", { name: "Position" }).fill(String(position));
  await twoFrames(page);
}

/** Everything that is to be seen of a run, to its last attribute and dot: all but the slider itself, which knows what comes after. */
export async function seenOn(
  page: Page,
): Promise<{ readonly html: string; readonly text: string; readonly graph: string }> {
  await page.mouse.move(1, 1);
  await page.evaluate(() => {
    for (const rows of document.querySelectorAll(".rows")) rows.scrollTop = 0;
    document.querySelector<HTMLElement>(":focus")?.blur();
  });
  await twoFrames(page);
  await twoFrames(page);
  return page.evaluate(() => {
    const parts = [".run-bar", ".graph-pane", ".lower-pane", ".side-pane", ".at"];
    const elements = parts.map((part) => document.querySelector<HTMLElement>(part)!);
    const graph = document.querySelector<HTMLCanvasElement>(".graph-canvas")!.toDataURL();
    const html = elements.map((element) => element.outerHTML).join("\n");
    const text = elements.map((element) => element.innerText).join("\n");
    return { html: html.replaceAll(/ data-painted="\d+"/g, ""), text, graph };
  });
}

/** Keeps a picture of the page for people to look at, in a folder that git does not see. */
export async function keepPicture({ page }: Opened, name: string): Promise<void> {
  const folder = join(repository, "build", "pictures");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.png`), await page.screenshot());
}

export function expectNoProblems({ problems }: Opened): void {
  expect(problems).toEqual([]);
}
