import { expect, it } from "vitest";
import { chromiumTimeoutMs } from "../support/chromium.ts";
import { expectNoProblems, keepPicture, openRecorded, seenOn, slideTo } from "./page-fixture.ts";
import { releaseStory, smallStory } from "../support/viewer/stories.ts";
import { tellRun } from "../support/viewer/told-run.ts";

const timeout = chromiumTimeoutMs;

it.for(["Timeline", "Events"])(
  "shows the past exactly as it was, with the %s and a step in view",
  { timeout },
  async (tab, context) => {
    const events = tellRun(releaseStory());
    const rewound = await openRecorded(context, events);
    const openStep = async ({ page }: typeof rewound): Promise<void> => {
      await page.getByRole("tab", { name: tab }).click();
      await page.getByLabel("Filter").fill("test-cli");
      await page.locator(".line .link, .event .link").last().click();
      await page.getByLabel("Filter").fill("");
    };
    await openStep(rewound);
    // From the end to the middle, to the beginning, and on again: the way there must not matter.
    for (const position of [100, 62, 29, 140]) {
      await slideTo(rewound.page, position);
      const fresh = await openRecorded(context, events.slice(0, position));
      await openStep(fresh);
      await slideTo(fresh.page, position);
      const [seen, wanted] = [await seenOn(rewound.page), await seenOn(fresh.page)];
      expect(seen.text).toContain(`${position}`);
      expect(seen.text).toBe(wanted.text);
      expect(seen.html).toBe(wanted.html);
      expect(seen.graph === wanted.graph, `the graph at ${position} is painted as it was`).toBe(true);
      expectNoProblems(fresh);
    }
    await keepPicture(rewound, `rewind-${tab.toLowerCase()}`);
    expectNoProblems(rewound);
  },
);

it("goes from event to event by keys and buttons, and follows the newest again", { timeout }, async (context) => {
  const events = tellRun(releaseStory());
  const opened = await openRecorded(context, events);
  const { page } = opened;
  const at = async (): Promise<string | null> =>
    page.getByRole("slider", { name: "Position" }).getAttribute("aria-valuetext");
  const last = events.length;
  expect(await at()).toBe(`Event ${last} of ${last}`);
  await page.keyboard.press("ArrowLeft");
  expect(await at()).toBe(`Event ${last - 1} of ${last}`);
  await page.keyboard.press("Shift+ArrowLeft");
  expect(await at()).toBe(`Event ${last - 11} of ${last}`);
  await page.keyboard.press("Home");
  expect(await at()).toBe(`Event 1 of ${last}`);
  await page.keyboard.press("Shift+ArrowRight");
  await page.getByRole("button", { name: "One event on" }).click();
  expect(await at()).toBe(`Event 12 of ${last}`);
  await page.keyboard.press("End");
  expect(await at()).toBe(`Event ${last} of ${last}`);
  expect(await page.getByRole("button", { name: "Newest" }).getAttribute("aria-pressed")).toBe("true");
  expectNoProblems(opened);
});

it("plays a run from its first event to its last, and stops there", { timeout }, async (context) => {
  const events = tellRun(smallStory());
  const opened = await openRecorded(context, events);
  const { page } = opened;
  await page.getByRole("button", { name: "Play" }).click();
  await page.getByRole("button", { name: "Pause" }).waitFor();
  await page.getByRole("button", { name: "Play" }).waitFor();
  const slider = page.getByRole("slider", { name: "Position" });
  expect(await slider.getAttribute("aria-valuetext")).toBe(`Event ${events.length} of ${events.length}`);
  expectNoProblems(opened);
});
