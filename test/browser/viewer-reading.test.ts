import { join } from "node:path";
import { expect, it } from "vitest";
import { defineGraph, shell, step } from "runfold";
import { succeeded } from "runfold/testing";
import { repository } from "../support/built-command.ts";
import { chromiumTimeoutMs } from "../support/chromium.ts";
import { eventually } from "../support/eventually.ts";
import { chainOf, served } from "../support/viewer/served-viewer.ts";
import { expectNoProblems, isPainted, keepPicture, openAt } from "./page-fixture.ts";

const timeout = chromiumTimeoutMs;
const built = { pageDirectory: join(repository, "dist/viewer/page") };

it("reads an artifact when it is opened, and not before", { timeout }, async (context) => {
  // The real executor of commands puts what is large into an artifact.
  const { runtime, viewer } = await served({ runtime: { executors: [] }, viewer: built });
  const long = step("long", { run: shell("printf beginning; head -c 40000 /dev/zero | tr '\\0' x") });
  const run = await runtime.start(defineGraph("long", { objective: "Be long.", steps: [long] }), { id: "r1" });
  await run.outcome();
  const opened = await openAt(context, viewer.urlOf("r1"));
  const { page, requests } = opened;
  await isPainted(page);
  await page.locator(".line .link").click();
  const asked = (): number => requests.filter((request) => request.includes("/artifacts/")).length;
  expect(await page.locator(".side-pane").innerText()).toContain("is in the artifact");
  expect(asked()).toBe(0);
  await page.locator("summary").click();
  await page.getByText("beginningxxx").waitFor();
  await page.getByText("36\u202f009 more characters").waitFor();
  expect(asked()).toBe(1);
  await keepPicture(opened, "artifact");
  expectNoProblems(opened);
});

it(
  "shows the text of a step that works as it comes, with a mark where something was cut",
  { timeout },
  async (context) => {
    const { runtime, work, viewer } = await served({ viewer: built });
    await runtime.start(chainOf("chain", 1), { id: "r1" });
    const opened = await openAt(context, viewer.urlOf("r1"));
    const { page } = opened;
    await isPainted(page);
    await page.locator(".line .link").click();
    work.progress("s0", "first words");
    await page.getByLabel("Text of stdout").getByText("first words").waitFor();
    work.progress("s0", `${"much text ".repeat(900)}last words`);
    await eventually(async () => (await page.locator(".side-pane").innerText()).includes("were left out"), "it is cut");
    expect(await page.getByLabel("Text of stdout").innerText()).toContain("last words");
    expectNoProblems(opened);
  },
);

it("offers no orders where nothing can be written", { timeout }, async (context) => {
  const { runtime, viewer } = await served({ viewer: { ...built, isReadOnly: true } });
  await runtime.start(chainOf("chain", 2), { id: "r1" });
  const opened = await openAt(context, viewer.urlOf("r1"));
  const { page } = opened;
  await isPainted(page);
  await eventually(async () => (await page.locator(".connection").innerText()) === "live", "it is live");
  await eventually(async () => (await page.getByRole("button", { name: "Cancel run…" }).count()) === 0, "no order");
  await page.getByRole("link", { name: "Runs" }).click();
  await page.getByText("read only").waitFor();
  expect(opened.problems).toEqual([]);
});

it(
  "holds no connection while nobody sees the page, and has missed nothing when it is seen again",
  { timeout },
  async (context) => {
    const { runtime, work, viewer } = await served({ viewer: built });
    await runtime.start(chainOf("chain", 3), { id: "r1" });
    const opened = await openAt(context, viewer.urlOf("r1"));
    const { page } = opened;
    await isPainted(page);
    const turn = (isHidden: boolean): Promise<void> =>
      page.evaluate((hidden) => {
        Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
      }, isHidden);
    await turn(true);
    await eventually(() => viewer.load.streams === 0, "every stream has ended");
    work.end("s0", succeeded());
    await eventually(() => work.running.some(({ step }) => step === "s1"), "the second step runs");
    await turn(false);
    await eventually(
      async () =>
        (await page.locator(".counts").innerText()).replaceAll(/\s+/g, " ") === "1 pending 1 running 1 succeeded",
      "all is there",
    );
    expect(opened.problems).toEqual([]);
  },
);
