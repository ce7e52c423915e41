import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { chromiumTimeoutMs } from "../support/chromium.ts";
import { smallStory } from "../support/viewer/stories.ts";
import { tellRun } from "../support/viewer/told-run.ts";
import { hostileEvents } from "../support/viewer/hostile.ts";
import { expectNoProblems, keepPicture, openRecorded, slideTo } from "./page-fixture.ts";

/** Elements that the page itself is made of; all else would have come out of a text. */
const foreign =
  "img, iframe, object, embed, #page script, #page style, #page link, #page title, svg[onload], [onerror], [onload]";

/** What is wrong with the page as it stands: an element out of a text, a script that ran, a character that nobody sees. */
function harmOf(page: Page): Promise<{ elements: number; ran: unknown; unseen: string[] }> {
  return page.evaluate((selector) => {
    const unseen: string[] = [];
    // Line breaks and tabs are for texts of several lines alone, which stand in elements that show them.
    const steering = /(?![\n\t])[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029\u200b\ufeff]/u;
    const walker = document.createTreeWalker(
      document.querySelector("#page")!,
      NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT,
    );
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      if (node instanceof Element) {
        for (const { name, value } of node.attributes)
          if (steering.test(value)) unseen.push(`${name}=${value.slice(0, 60)}`);
      } else if (steering.test(node.nodeValue ?? "")) unseen.push(node.parentElement!.outerHTML.slice(0, 120));
    }
    return { elements: document.querySelectorAll(selector).length, ran: Reflect.get(globalThis, "ran"), unseen };
  }, foreign);
}

it("shows hostile text in every field as text, at every position", { timeout: chromiumTimeoutMs }, async (context) => {
  const events = hostileEvents();
  const opened = await openRecorded(context, events);
  const { page } = opened;
  const none = { elements: 0, ran: undefined, unseen: [] };
  expect(await harmOf(page)).toEqual(none);
  for (let row = 0; row < 3; row++) {
    await page.getByRole("tab", { name: "Timeline" }).click();
    await page.locator(".line .link").nth(row).click();
    for (const summary of await page.locator("summary").all()) await summary.click();
    for (const tab of ["Events", "Timeline"]) {
      await page.getByRole("tab", { name: tab }).click();
      expect(await harmOf(page)).toEqual(none);
    }
    await keepPicture(opened, `hostile-${row}`);
  }
  for (const { position } of events) {
    await slideTo(page, position);
    expect(await harmOf(page), `at position ${position}`).toEqual(none);
  }
  const text = await page.locator(".side-pane").innerText();
  expect(text).toContain("<script>window.ran=");
  expect(text).toContain("\u27e8ESC\u27e9[31m\u27e8BEL\u27e9");
  expect(text).toContain("\u27e8U+202E\u27e9right to left");
  expectNoProblems(opened);
});

it(
  "bounds a text of any length, says how much is left out, and shows more when asked",
  { timeout: chromiumTimeoutMs },
  async (context) => {
    const events = hostileEvents().map((recorded) =>
      recorded.event.type === "run.started"
        ? {
            ...recorded,
            event: { ...recorded.event, graph: { ...recorded.event.graph, objective: "word ".repeat(4_000) } },
          }
        : recorded,
    );
    const opened = await openRecorded(context, events);
    const objective = opened.page.getByLabel("Objective");
    expect((await objective.innerText()).length).toBeLessThan(4_100);
    expect(await objective.innerText()).toContain("16\u202f000 more characters");
    await opened.page.getByRole("button", { name: "Show more" }).click();
    expect(await objective.innerText()).toContain("12\u202f000 more characters");
    expectNoProblems(opened);
  },
);

it(
  "shows a run up to an event that it does not understand, and says so",
  { timeout: chromiumTimeoutMs },
  async (context) => {
    const events = tellRun(smallStory());
    const opened = await openRecorded(context, events, {}, (html) =>
      html.replace('"type":"run.settled"', '"type":"run.levitated"'),
    );
    const { page } = opened;
    expect(await page.getByRole("alert").innerText()).toContain(
      `Event ${events.length} of the run cannot be understood`,
    );
    const slider = page.getByRole("slider", { name: "Position" });
    expect(await slider.getAttribute("aria-valuetext")).toBe(`Event ${events.length - 1} of ${events.length - 1}`);
    expectNoProblems(opened);
  },
);
