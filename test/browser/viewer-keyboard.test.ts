import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { chromiumTimeoutMs } from "../support/chromium.ts";
import { expectNoProblems, keepPicture, openRecorded, twoFrames } from "./page-fixture.ts";
import { releaseStory } from "../support/viewer/stories.ts";
import { tellRun } from "../support/viewer/told-run.ts";

/** What has the focus, as a screen reader would name it. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement!;
    const name = element.getAttribute("aria-label") ?? element.textContent ?? "";
    return `${element.getAttribute("role") ?? element.tagName.toLowerCase()} ${name.trim()}`;
  });
}

async function tabTo(page: Page, wanted: RegExp): Promise<void> {
  for (let stops = 0; stops < 80; stops++) {
    await page.keyboard.press("Tab");
    if (wanted.test(await focused(page))) return;
  }
  throw new Error(`Tab never came to ${wanted}; it is at ${await focused(page)}.`);
}

it("can be used from the first step to the last without a mouse", { timeout: chromiumTimeoutMs }, async (context) => {
  const opened = await openRecorded(context, tellRun(releaseStory()));
  const { page } = opened;
  await tabTo(page, /^application Graph/);
  const heard = (): Promise<string> => page.locator("#graph-at").innerText();
  expect(await heard()).toBe("checkout, succeeded");
  await page.keyboard.press("ArrowRight");
  expect(await heard()).toBe("install, succeeded, needs checkout");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  const step = await page.locator(".panel h2").innerText();
  expect(await heard()).toContain(step);
  await keepPicture(opened, "keyboard");
  // The position did not move: in the graph the arrows go from step to step.
  expect(await page.getByRole("slider", { name: "Position" }).inputValue()).toBe("182");
  await tabTo(page, /^tab Timeline/);
  await tabTo(page, /^tab Events/);
  await page.keyboard.press("Enter");
  await tabTo(page, /^input Filter events/);
  await page.keyboard.type("timedOut");
  await twoFrames(page);
  expect(await page.locator(".event").count()).toBe(1);
  await tabTo(page, /^button Go to event/);
  await page.keyboard.press("Enter");
  expect(await page.locator(".panel h2").innerText()).toBe("end-to-end");
  expect(await page.locator(".failure").innerText()).toMatch(/timedOut/);
  await page.keyboard.press("Escape");
  expect(await page.locator(".panel h2").innerText()).toBe("release");
  await tabTo(page, /^input Position/);
  const before = Number(await page.getByRole("slider", { name: "Position" }).inputValue());
  await page.keyboard.press("ArrowLeft");
  expect(Number(await page.getByRole("slider", { name: "Position" }).inputValue())).toBe(before - 1);
  expectNoProblems(opened);
});

it(
  "shows where the focus is, at every stop of the tab key, and names each",
  { timeout: chromiumTimeoutMs },
  async (context) => {
    const opened = await openRecorded(context, tellRun(releaseStory()));
    const { page } = opened;
    for (let stop = 0; stop < 40; stop++) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => {
        const element = document.activeElement!;
        const labelled = element.getAttribute("aria-label") ?? element.textContent ?? "";
        return {
          isBody: element === document.body,
          outline: getComputedStyle(element).outlineStyle,
          name: labelled.trim(),
        };
      });
      if (at.isBody) continue;
      expect(at.name, await focused(page)).not.toBe("");
      expect(at.outline, await focused(page)).not.toBe("none");
    }
    expectNoProblems(opened);
  },
);
