import { expect, it } from "vitest";
import type { RecordedEvent } from "../../src/domain/events.ts";
import { chromiumTimeoutMs } from "../support/chromium.ts";
import { expectNoProblems, isPainted, keepPicture, openRecorded, twoFrames } from "./page-fixture.ts";
import { releaseStory, smallStory } from "../support/viewer/stories.ts";
import { tellRun } from "../support/viewer/told-run.ts";

const timeout = chromiumTimeoutMs;

it("shows a run from one file, without a net, and asks for nothing but that file", { timeout }, async (context) => {
  const opened = await openRecorded(context, tellRun(releaseStory()));
  const { page, requests } = opened;
  await page.getByLabel("Filter steps").fill("checkout");
  await page.locator(".line .link").click();
  expect(await page.locator(".panel h2").innerText()).toBe("checkout");
  expect(await page.locator(".connection").innerText()).toBe("recorded");
  // Nothing can be ordered of what is a recording.
  expect(await page.getByRole("button", { name: /Cancel|Message/ }).count()).toBe(0);
  const asked = requests.filter((request) => !request.startsWith("data:"));
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatch(/^file:.*run\.html$/);
  expectNoProblems(opened);
});

it("is light or dark as the system says, until the button says otherwise", { timeout }, async (context) => {
  const opened = await openRecorded(context, tellRun(smallStory()), { scheme: "dark" });
  const { page } = opened;
  const background = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const picture = (): Promise<string> => page.evaluate(() => document.querySelector("canvas")!.toDataURL());
  const dark = await background();
  const darkPicture = await picture();
  await keepPicture(opened, "small-dark");
  await page.getByRole("button", { name: "Colours: system" }).click();
  await twoFrames(page);
  await keepPicture(opened, "small-light");
  expect(await background()).not.toBe(dark);
  expect(await picture(), "the graph is painted in the other colours, too").not.toBe(darkPicture);
  await page.getByRole("button", { name: "Colours: light" }).click();
  expect(await background()).toBe(dark);
  await page.getByRole("button", { name: "Colours: dark" }).click();
  await page.emulateMedia({ colorScheme: "light" });
  expect(await background()).not.toBe(dark);
  expectNoProblems(opened);
});

it("fits a narrow window without scrolling to the side", { timeout }, async (context) => {
  const opened = await openRecorded(context, tellRun(releaseStory()), { width: 420, height: 800 });
  await isPainted(opened.page);
  await keepPicture(opened, "narrow");
  // The times over the timeline neither touch one another nor leave the window.
  const times = await opened.page.evaluate(() =>
    [...document.querySelectorAll(".tick")]
      .filter((tick) => getComputedStyle(tick).color !== "rgba(0, 0, 0, 0)")
      .map((tick) => tick.getBoundingClientRect())
      .map(({ left, right }) => [left, right] as const),
  );
  expect(times.length).toBeGreaterThan(1);
  for (const [index, [, right]] of times.entries()) expect(right).toBeLessThanOrEqual(times[index + 1]?.[0] ?? 420);
  expect(await opened.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(420);
  expectNoProblems(opened);
});

it("says why there is no more of a run of which a part was damaged", { timeout }, async (context) => {
  const why = "Everything up to position 5 can be read, and is shown here.";
  const cut = (html: string): string =>
    html.replace(/"writtenAtPosition":\d+/, (found) => `${found},"cutBecause":${JSON.stringify(why)}`);
  const opened = await openRecorded(context, tellRun(smallStory()).slice(0, 5), {}, cut);
  expect(await opened.page.getByRole("alert").innerText()).toContain(why);
  expectNoProblems(opened);
});

it("keeps a long reason of a cancel in a box of its own", { timeout }, async (context) => {
  const told = tellRun(smallStory());
  const asked = { type: "run.cancelRequested", reason: "Enough. ".repeat(500), force: false } as RecordedEvent["event"];
  const at = told[4]!.at;
  const opened = await openRecorded(context, [...told.slice(0, 5), { position: 6, at, event: asked }]);
  const reason = opened.page.getByLabel("Reason", { exact: true });
  expect((await reason.boundingBox())!.height).toBeLessThan(400);
  expectNoProblems(opened);
});

it(
  "draws a fork within its own time, and what its past left under way no longer than that is known",
  { timeout },
  async (context) => {
    const told = tellRun(smallStory());
    const started = told.findIndex(({ event }) => event.type === "step.started");
    const past = told.slice(0, started + 1);
    const { event: first } = told[0]!;
    const { event: under, at } = past.at(-1)!;
    if (first.type !== "run.started" || under.type !== "step.started") throw new Error("The story begins otherwise.");
    const later = at + 3_600_000;
    const { run, life, root, places, owner, epoch, deadlineAt } = first;
    const forked = {
      type: "run.forked",
      run: "fork-1",
      life: `${life}0`,
      root,
      places,
      owner,
      epoch,
      deadlineAt,
      from: { run, life, position: past.length },
    };
    const lost = { type: "step.interrupted", step: under.step, attempt: under.attempt };
    const again = { ...under, attempt: under.attempt + 1 };
    const more = [forked, lost, again].map((event, index) => ({
      position: past.length + index + 1,
      at: later + index,
      event,
    }));
    const opened = await openRecorded(context, [...past, ...(more as unknown as RecordedEvent[])]);
    const track = await opened.page.locator(".line-track").first().boundingBox();
    for (const bar of await opened.page.locator(".attempt").all()) {
      const { x, width } = (await bar.boundingBox())!;
      expect(x + width).toBeLessThanOrEqual(track!.x + track!.width + 5);
    }
    expect(await opened.page.locator(".line .took").first().innerText()).not.toContain("h");
    expectNoProblems(opened);
  },
);
