import { createServer } from "node:net";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, it, onTestFinished } from "vitest";
import { memoryArtifacts, parseGraph, type Graph } from "runfold";
import { failed, scriptedExecutor, succeeded } from "runfold/testing";
import { createViewer, type Viewer } from "runfold/viewer";
import { repository } from "../support/built-command.ts";
import { chromiumTimeoutMs } from "../support/chromium.ts";
import { eventually } from "../support/eventually.ts";
import { expectNoProblems, isPainted, keepPicture, openAt } from "./page-fixture.ts";
import { chainOf, served, type Served } from "../support/viewer/served-viewer.ts";

const timeout = chromiumTimeoutMs;
/** The page as it was built before the tests. */
const built = { pageDirectory: join(repository, "dist/viewer/page") };

async function countsOn(page: Page): Promise<string> {
  return (await page.locator(".counts").innerText()).replaceAll(/\s+/g, " ");
}

it("follows a run live, from the list to its end, and asks no other host", { timeout }, async (context) => {
  const { runtime, work, url } = await served({ viewer: built });
  const opened = await openAt(context, url);
  const { page } = opened;
  await page.getByText("There are no runs yet").waitFor();
  // The same sign says on both pages that they are followed.
  await page.locator(".connection.live").waitFor();
  await runtime.start(chainOf("chain", 3), { id: "r1" });
  await page.getByRole("link", { name: "r1" }).click();
  await isPainted(page);
  await page.getByText("1 running 2 pending").or(page.getByText("running")).first().waitFor();
  expect(await countsOn(page)).toBe("2 pending 1 running");
  work.end("s0", succeeded("first"));
  await eventually(async () => (await countsOn(page)) === "1 pending 1 running 1 succeeded", "the second step runs");
  expect(await page.locator(".connection").innerText()).toBe("live");
  await keepPicture(opened, "live");
  await eventually(() => work.running.some(({ step }) => step === "s1"), "the second step is at work");
  work.end("s1", failed());
  await eventually(async () => (await page.locator(".connection").innerText()) === "ended", "the run has ended");
  expect(await countsOn(page)).toBe("1 succeeded 1 failed 1 blocked");
  await page.goBack();
  await page
    .getByRole("row", { name: /r1/ })
    .getByText(/failed|mixed/)
    .first()
    .waitFor();
  await keepPicture(opened, "runs");
  for (const request of opened.requests) expect(request.startsWith(url) || request.startsWith("data:")).toBe(true);
  expectNoProblems(opened);
});

it(
  "stays at the position that was chosen while the run goes on, and follows again when told to",
  { timeout },
  async (context) => {
    const { runtime, work, viewer } = await served({ viewer: built });
    await runtime.start(chainOf("chain", 3), { id: "r1" });
    const opened = await openAt(context, viewer.urlOf("r1"));
    const { page } = opened;
    await isPainted(page);
    await page.keyboard.press("Home");
    work.end("s0", succeeded());
    const slider = page.getByRole("slider", { name: "Position" });
    await eventually(async () => Number(await slider.getAttribute("max")) >= 4, "the events have come");
    expect(await slider.inputValue()).toBe("1");
    expect(await countsOn(page)).toBe("3 pending");
    await page.getByRole("button", { name: "Live" }).click();
    expect(await countsOn(page)).toBe("1 pending 1 running 1 succeeded");
    expectNoProblems(opened);
  },
);

it("cancels a run after asking, with the reason, and shows what came of it", { timeout }, async (context) => {
  const { runtime, viewer } = await served({ viewer: built });
  const run = await runtime.start(chainOf("chain", 2), { id: "r1" });
  const opened = await openAt(context, viewer.urlOf("r1"));
  const { page } = opened;
  await page.getByRole("button", { name: "Cancel run…" }).click();
  await page.getByLabel("Reason").fill("It is the wrong branch.");
  await page.keyboard.press("Escape");
  expect(run.snapshot().status).toBe("running");
  await page.getByRole("button", { name: "Cancel run…" }).click();
  await page.getByLabel("Reason").fill("It is the wrong branch.");
  await keepPicture(opened, "cancel");
  await page.getByRole("button", { name: "Cancel the run" }).click();
  await page.getByText("Taken.").waitFor();
  expect((await run.outcome()).status).toBe("canceled");
  await page.getByRole("button", { name: "Close", exact: true }).click();
  await eventually(
    async () => (await page.locator(".side-pane").innerText()).includes("It is the wrong branch."),
    "why",
  );
  expectNoProblems(opened);
});

function agentGraph(): Graph {
  const agent = { kind: "told", task: "Think.", system: "You think." };
  const parsed = parseGraph({
    name: "think",
    objective: "Think.",
    steps: [{ id: "think", agent }],
    authority: { allowFilesystemRead: true },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed));
  return parsed.graph;
}

it("sends a message to an agent, shows what became of it, and why one was refused", { timeout }, async (context) => {
  const work = scriptedExecutor({
    kinds: ["agent"],
    started: ({ attempt }) => attempt.onMessage((message) => message.accepted()),
  });
  const executors = [Object.assign(work, { takesMessages: () => true })];
  const { runtime, viewer } = await served({
    runtime: { executors },
    viewer: built,
  });
  const run = await runtime.start(agentGraph(), { id: "r1" });
  const opened = await openAt(context, viewer.urlOf("r1"));
  const { page } = opened;
  await page.locator(".line .link").click();
  await page.getByRole("button", { name: "Message…" }).click();
  await page.getByLabel("Text").fill("Look at the tests first.");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("Taken.").waitFor();
  await page.getByRole("button", { name: "Close", exact: true }).click();
  await eventually(async () => (await page.locator(".message").innerText()).includes("accepted"), "it was accepted");
  expect(await page.locator(".message").innerText()).toContain("Look at the tests first.");
  expect(run.messages()).toHaveLength(1);
  await page.getByRole("button", { name: "Message…" }).click();
  await page.getByLabel("Text").fill("x".repeat(60_000));
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("Refused:").waitFor();
  expectNoProblems({ ...opened, problems: opened.problems.filter((problem) => !problem.includes("400")) });
});

/** A viewer that can be started again at the same address. */
async function restartable(): Promise<
  Served & { readonly close: () => Promise<void>; readonly open: () => Promise<Viewer> }
> {
  const port = await freePort();
  const artifacts = memoryArtifacts();
  const one = await served({ runtime: { artifacts }, viewer: built });
  await one.viewer.close();
  let viewer: Viewer | undefined;
  const close = async (): Promise<void> => viewer?.close();
  const open = async (): Promise<Viewer> => {
    viewer = createViewer(one.runtime, { artifacts, token: "t".repeat(32) });
    await viewer.listen(port);
    return viewer;
  };
  onTestFinished(close);
  return { ...one, close, open };
}

it("loses nothing by a reload, nor by a server that was started again", { timeout }, async (context) => {
  const { runtime, work, close, open } = await restartable();
  await runtime.start(chainOf("chain", 4), { id: "r1" });
  const opened = await openAt(context, (await open()).urlOf("r1"));
  const { page } = opened;
  await isPainted(page);
  work.end("s0", succeeded());
  await eventually(async () => (await countsOn(page)).includes("1 succeeded"), "the first has ended");
  await close();
  await eventually(async () => (await page.locator(".connection").innerText()) === "reconnecting…", "it is seen");
  await page.getByText("trying again").waitFor();
  await keepPicture(opened, "reconnecting");
  // What happens meanwhile is not lost.
  work.end("s1", succeeded());
  await eventually(() => work.running.some(({ step }) => step === "s2"), "the third step runs");
  await open();
  await eventually(async () => (await countsOn(page)) === "1 pending 1 running 2 succeeded", "all is there again");
  expect(await page.locator(".connection").innerText()).toBe("live");
  await page.reload();
  await isPainted(page);
  await eventually(async () => (await countsOn(page)) === "1 pending 1 running 2 succeeded", "and after a reload");
  await page.getByRole("tab", { name: "Events" }).click();
  const positions = await page.locator(".event .link").allInnerTexts();
  const head = Number(await page.getByRole("slider", { name: "Position" }).getAttribute("max"));
  expect(positions).toEqual(Array.from({ length: head }, (_, index) => String(index + 1)));
});

it(
  "begins anew, and says so, where another run has taken the name of the one that it showed",
  { timeout },
  async (context) => {
    const { runtime, work, close, open } = await restartable();
    const first = await runtime.start(chainOf("first", 2), { id: "r1" });
    const { page } = await openAt(context, (await open()).urlOf("r1"));
    await isPainted(page);
    await close();
    work.end("s0", failed());
    await first.outcome();
    await first.cleanup();
    await runtime.start(chainOf("second", 5), { id: "r1" });
    await open();
    await page.getByText("this is a later one with the same id").waitFor();
    await eventually(async () => (await countsOn(page)) === "4 pending 1 running", "the second run is shown");
    expect(await page.locator("h1").innerText()).toContain("second");
  },
);

it("says that a run has ended, and that there is none of a name", { timeout }, async (context) => {
  const { runtime, work, viewer } = await served({ viewer: built });
  const run = await runtime.start(chainOf("chain", 1), { id: "r1" });
  const opened = await openAt(context, viewer.urlOf("r1"));
  const { page } = opened;
  await isPainted(page);
  work.end("s0", succeeded());
  await run.outcome();
  await eventually(async () => (await page.locator(".connection").innerText()) === "ended", "it has ended");
  await page.goto(viewer.urlOf("nobody"));
  await page.getByRole("alert").waitFor();
  expect(await page.getByRole("alert").innerText()).toMatch(/nobody/);
  expect(await page.locator(".connection").innerText()).toBe("gone");
  expect(await page.locator("h1").innerText(), "its id once").toBe("nobody");
  expect(await page.locator(".side-pane").innerText(), "nothing will ever come").toBe("There is nothing to show.");
});

it("says in the list that the process of a run is gone", { timeout }, async (context) => {
  const { runtime, viewer } = await served({ viewer: built });
  await runtime.start(chainOf("chain", 1), { id: "r1" });
  const { page } = await openAt(context, viewer.urlOf("r1"));
  await isPainted(page);
  const told = await runtime.list();
  const list = { runs: told.map((summary) => ({ summary, isLive: false })), areMore: false, isReadOnly: false };
  const body = `event: runs\ndata: ${JSON.stringify(list)}\n\n`;
  await page.route("**/runs?limit=*", (route) => route.fulfill({ contentType: "text/event-stream", body }));
  await page.getByRole("link", { name: "Runs" }).click();
  const row = page.getByRole("row", { name: /r1/ });
  await row.waitFor();
  expect(await row.innerText()).toContain("its process is gone");
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject).listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
