import { writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { chromiumTimeoutMs, openChromium } from "../support/chromium.ts";
import { placesWithRuns, until } from "./mcp-client.ts";

const workplace = placesWithRuns();

it(
  "says on the page of a run that its process is gone, and takes no orders for it, until another one has gone on with it",
  async (context) => {
    const place = workplace();
    const graph = place.graph("waits", [until("slow", "go", { onInterrupted: "retry" })]);
    expect(await place.run(["run", graph, "--id", "r1", "--detach"])).toMatchObject({ code: 0 });
    const viewer = place.start(["view", "r1"]);
    let text = "";
    viewer.child.stdout.on("data", (piece: string) => (text += piece));
    await viewer.until("Ctrl-C ends the viewer.");
    const browser = await openChromium(context);
    const page = await browser.newPage();
    await page.goto(/http:\S+/.exec(text)![0]);
    const cancel = page.getByRole("button", { name: /^Cancel/ });
    await cancel.waitFor();
    const { run } = (await place.json(["status", "r1"])) as { run: { owner: { pid: number } } };
    process.kill(run.owner.pid, "SIGKILL");
    await page.getByText("The process that ran this is gone.").waitFor();
    expect(await cancel.count()).toBe(0);
    writeFileSync(place.path("go"), "");
    expect(await place.run(["resume", "r1"])).toMatchObject({ code: 0 });
    await page.getByText("The process that ran this is gone.").waitFor({ state: "detached" });
    await page.getByText("succeeded").first().waitFor();
  },
  chromiumTimeoutMs,
);
