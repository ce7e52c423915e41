import { join } from "node:path";
import { expect, it } from "vitest";
import { defineGraph, step, task } from "runfold";
import { repository } from "../support/built-command.ts";
import { chromiumTimeoutMs } from "../support/chromium.ts";
import { eventually } from "../support/eventually.ts";
import { served } from "../support/viewer/served-viewer.ts";
import { expectNoProblems, isPainted, keepPicture, openAt, openRecorded, slideTo, twoFrames } from "./page-fixture.ts";
import { layeredStory } from "../support/viewer/stories.ts";
import { tellRun } from "../support/viewer/told-run.ts";

it(
  "shows 1 000 steps with few elements, and changes few of them with a step of the slider",
  { timeout: chromiumTimeoutMs },
  async (context) => {
    const events = tellRun(layeredStory(1_000, 100));
    expect(events.length).toBeGreaterThan(2_500);
    const opened = await openRecorded(context, events);
    const { page } = opened;
    const elements = (): Promise<number> => page.evaluate(() => document.querySelectorAll("#page *").length);
    expect(await page.locator(".run-bar").innerText()).toContain("578");
    expect(await elements()).toBeLessThan(900);
    await page.getByRole("tab", { name: "Events" }).click();
    expect(await elements()).toBeLessThan(900);
    await page.getByRole("tab", { name: "Timeline" }).click();
    await slideTo(page, 1_400);
    await page.evaluate(() => {
      let changes = 0;
      new MutationObserver((records) => {
        changes += records.length;
        Reflect.set(globalThis, "changes", changes);
      }).observe(document.querySelector("#page")!, {
        subtree: true,
        childList: true,
        attributes: true,
        characterData: true,
      });
    });
    await page.keyboard.press("ArrowLeft");
    await twoFrames(page);
    expect(await page.evaluate(() => Reflect.get(globalThis, "changes"))).toBeLessThan(250);
    expect(await elements()).toBeLessThan(900);
    await keepPicture(opened, "large");
    expectNoProblems(opened);
  },
);

it(
  "finds any of 1 000 steps by name, shows it in the graph, and zooms to where it can be read",
  { timeout: chromiumTimeoutMs },
  async (context) => {
    const opened = await openRecorded(context, tellRun(layeredStory(1_000, 100)));
    const { page } = opened;
    await page.getByLabel("Filter steps").fill("rank-321");
    await page.locator(".line .link").click();
    expect(await page.locator(".panel h2").innerText()).toBe("rank-321");
    const graph = page.getByRole("application");
    await graph.focus();
    await page.keyboard.press("+");
    await page.keyboard.press("+");
    await twoFrames(page);
    expect(await page.locator(".minimap").isVisible()).toBe(true);
    await page.keyboard.press("0");
    await twoFrames(page);
    expect(await page.locator(".minimap").isVisible()).toBe(false);
    expectNoProblems(opened);
  },
);

it("follows 1 000 steps live, to the last", { timeout: chromiumTimeoutMs }, async (context) => {
  const pageDirectory = join(repository, "dist/viewer/page");
  const { runtime, viewer } = await served({ runtime: { executors: [] }, viewer: { pageDirectory } });
  let release: (() => void) | undefined;
  const opening = new Promise<void>((resolve) => (release = resolve));
  const gate = step("gate", { run: task(() => opening.then(() => 1)) });
  const rest = Array.from({ length: 999 }, (_, number) =>
    step(`work-${number}`, { needs: { gate }, run: task(({ gate: one }) => one + number) }),
  );
  const graph = defineGraph("wide", { objective: "Be wide.", steps: [gate, ...rest], limits: { concurrency: 16 } });
  const run = await runtime.start(graph, { id: "wide-1" });
  const opened = await openAt(context, viewer.urlOf("wide-1"));
  const { page } = opened;
  await isPainted(page);
  release?.();
  await run.outcome();
  await eventually(async () => (await page.locator(".connection").innerText()) === "ended", "the page has it all");
  expect((await page.locator(".counts").innerText()).replaceAll(/\s+/g, " ")).toBe("1 000 succeeded");
  expect(await page.getByRole("slider", { name: "Position" }).getAttribute("max")).toBe(
    String(run.snapshot().position),
  );
  await keepPicture(opened, "large-live");
  expectNoProblems(opened);
});
