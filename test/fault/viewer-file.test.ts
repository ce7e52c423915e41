import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { chromiumTimeoutMs, openChromium } from "../support/chromium.ts";
import { workplaces } from "./cli-process.ts";

const workplace = workplaces();
const evil = `</script><script>document.title="evil"</script><img src=x onerror='document.title="evil"'><!--<script>\u2028`;

it(
  "shows an exported run from a file, with no network and nothing refused, and runs no script of its texts",
  async (context) => {
    const place = workplace();
    const steps = [
      { id: "a", shell: `printf '%s' '${evil.replaceAll("'", '"')}'` },
      { id: "b", shell: "head -c 20000 /dev/zero | tr '\\0' '<'", needs: ["a"] },
    ];
    const graph = place.graph("told", steps, { objective: `Objective ${evil}` });
    expect(await place.run(["run", graph, "--id", "r1"])).toMatchObject({ code: 0 });
    expect(await place.run(["export", "r1", "--html", "--output", "r1.html"])).toMatchObject({ code: 0 });
    const browser = await openChromium(context);
    const page = await browser.newPage();
    const said: string[] = [];
    const asked: string[] = [];
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(String(error)));
    page.on("request", (request) => asked.push(request.url()));
    const url = pathToFileURL(place.path("r1.html")).href;
    await page.goto(url);
    await page.getByText("told").first().waitFor();
    await page.getByText("succeeded").first().waitFor();
    expect(await page.title()).not.toBe("evil");
    expect(said).toEqual([]);
    expect(asked.filter((address) => address !== url && !address.startsWith("data:"))).toEqual([]);
    const recorded = await page.evaluate<unknown>(
      'JSON.parse(document.querySelector("#recorded-run").textContent).summary',
    );
    expect(recorded).toMatchObject({ id: "r1", status: "succeeded", objective: `Objective ${evil}`.slice(0, 200) });
  },
  chromiumTimeoutMs,
);
