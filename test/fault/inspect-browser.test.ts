import { expect, onTestFinished, test } from "vitest";
import { defineGraph, openRuntime, step, task } from "runfold";
import type { CursoredEvent, Run } from "runfold";
import { inspectionOf, openInspectorRelay } from "runfold/inspect";
import { chromiumTimeoutMs, openChromium } from "../support/chromium.ts";
import { eventually } from "../support/eventually.ts";
import { serveReceiver } from "../support/receiver-page.ts";

test(
  "a page in a real Chromium receives a live run by the package's own receiver, and again when it is reloaded",
  { timeout: chromiumTimeoutMs },
  async (context) => {
    const browser = await openChromium(context);
    const ui = await serveReceiver();
    const runtime = await openRuntime();
    onTestFinished(() => runtime.close());
    let finish = (): void => undefined;
    const until = new Promise<void>((resolve) => (finish = resolve));
    const hostile = step("hostile", { run: task(() => "</script><script>document.title='bad'</script>") });
    const last = step("last", { needs: { hostile }, run: task(() => until) });
    const graph = defineGraph("shown", { objective: "<img src=x onerror=alert(1)>", steps: [hostile, last] });
    const run = await runtime.start(graph);
    await using relay = await openInspectorRelay(run, { ui });

    const page = await browser.newPage();
    const refused: string[] = [];
    page.on("console", (message) => void (message.type() === "error" && refused.push(message.text())));
    await page.goto(relay.pageUrl);
    const received = async (): Promise<unknown[]> => {
      const frame = page.frames().find((one) => one.url() === ui);
      // A frame that is just being loaded has received nothing.
      const found: unknown = await frame?.evaluate("window.received").catch(() => undefined);
      return Array.isArray(found) ? found : [];
    };
    await eventually(
      async () => JSON.stringify(await received()).includes('"value":"running"'),
      "the page shows the run",
    );
    finish();
    await run.wait({ until: "end" });
    const messages = await messagesOf(run);
    await eventually(async () => (await received()).length >= messages.length, "the page has all messages");
    expect(await received()).toEqual(messages);

    // A connection that breaks: the page finds the relay again, and begins anew instead of showing everything twice.
    await page
      .frames()
      .find((one) => one.url() === ui)!
      .evaluate("window.received = undefined");
    await page.evaluate("socket.close()");
    await eventually(async () => (await received()).length >= messages.length, "the page has all messages once more");
    expect(await received()).toEqual(messages);

    await page.reload();
    await eventually(async () => (await received()).length >= messages.length, "the page has all messages again");
    expect(await received()).toEqual(messages);
    expect(await page.title()).toBe("Runfold: inspector");
    expect(refused).toEqual([]);
  },
);

test("pages of others cannot connect to the relay", { timeout: chromiumTimeoutMs }, async (context) => {
  const browser = await openChromium(context);
  const stranger = await serveReceiver();
  const runtime = await openRuntime();
  onTestFinished(() => runtime.close());
  const run = await runtime.start(
    defineGraph("one", { objective: "Be kept.", steps: [step("one", { run: task(() => 1) })] }),
  );
  await using relay = await openInspectorRelay(run);
  const page = await browser.newPage();
  await page.goto(stranger);
  const attempt = `new Promise((resolve) => {
    const socket = new WebSocket(${JSON.stringify(relay.webSocketUrl)});
    socket.onopen = () => resolve("open");
    socket.onerror = () => resolve("refused");
  })`;
  expect(await page.evaluate(attempt)).toBe("refused");
});

/** What the run's messages must be, as JSON makes them. */
async function messagesOf(run: Run): Promise<readonly unknown[]> {
  const events: CursoredEvent[] = [];
  for await (const event of run.events()) events.push(event);
  return JSON.parse(JSON.stringify([...inspectionOf(events, {}, run.id)])) as unknown[];
}
