import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { chromiumTimeoutMs, openChromium } from "./support/chromium.ts";

const foundNothing = "No Chromium was found";

test(
  "a real Chromium runs a page's script, and asks nobody but this machine",
  { timeout: chromiumTimeoutMs },
  async (context) => {
    const browser = await openChromium(context);
    const server = createServer((_, answer) => answer.end("<title>here</title>")).listen(0, "127.0.0.1");
    onTestFinished(() => server.close().closeAllConnections());
    await new Promise((resolve) => void server.once("listening", resolve));
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    expect(await page.evaluate("document.title + (20 + 1)")).toBe("here21");
    await expect(page.goto("http://stately.ai/")).rejects.toThrow("ERR_NAME_NOT_RESOLVED");
  },
);

test("without a Chromium a test is skipped with the reason, and fails where one is required", async () => {
  vi.stubEnv("PATH", "/nowhere");
  vi.stubEnv("RUNFOLD_CHROMIUM", "");
  vi.stubEnv("RUNFOLD_REQUIRE_CHROMIUM", "0");
  onTestFinished(() => void vi.unstubAllEnvs());
  const told = vi.spyOn(console, "log").mockReturnValue();
  onTestFinished(() => told.mockRestore());
  const skip = (why: string): never => {
    throw new Error(`skipped: ${why}`);
  };
  await expect(openChromium({ skip })).rejects.toThrow(`skipped: ${foundNothing}`);
  expect(told).toHaveBeenCalledWith(expect.stringContaining(foundNothing));
  vi.stubEnv("RUNFOLD_REQUIRE_CHROMIUM", "1");
  await expect(openChromium({ skip })).rejects.toThrow(/^No Chromium was found/);
});
