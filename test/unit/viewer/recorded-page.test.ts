import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { isRunfoldError, limits, memoryArtifacts, openRuntime, type ArtifactRef, type Run } from "runfold";
import { scriptedExecutor, succeeded } from "runfold/testing";
import { recordedPage, type RecordedPageOptions } from "runfold/viewer";
import type { RecordedRun } from "../../../src/viewer/protocol.ts";
import { parseGraph } from "runfold";
import { placeWith } from "../../support/scratch-places.ts";
import { stubPage, stubScript, stubStyle } from "../../support/viewer/stub-page.ts";

const hostile = [
  "</script><script>alert(1)</script>",
  "</SCRIPT >",
  "<!-- <script>",
  "]]>",
  "\u2028\u2029",
  "\ud800 alone",
  "\r\n\t\u007f",
  "$& $1 $`",
  "</style></title></body></html>",
];

/** As it can stand in a file. */
const wellFormed = Buffer.from(hostile.join("")).toString();

async function pageOf(run: Run, options: RecordedPageOptions = {}): Promise<string> {
  const lines: string[] = [];
  for await (const line of recordedPage(run, { pageDirectory: stubPage(), ...options })) lines.push(line);
  return lines.join("\n");
}

/** What a browser hands the page: everything up to the first end of a script, whoever wrote it. */
function recordedIn(page: string): { readonly recorded: RecordedRun; readonly text: string } {
  const [, rest = ""] = page.split('<script type="application/json" id="recorded-run">');
  const text = rest.slice(0, rest.search(/<\/script/i));
  return { recorded: JSON.parse(text) as RecordedRun, text };
}

async function hostileRun(output: readonly string[], stored: Readonly<Record<string, Uint8Array>> = {}) {
  const artifacts = memoryArtifacts();
  const work = scriptedExecutor();
  const runtime = await openRuntime({ artifacts, executors: [work] });
  const parsed = parseGraph({
    name: "hostile",
    objective: hostile.join(" "),
    steps: [{ id: "a", shell: hostile[0] }],
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics));
  const run = await runtime.start(parsed.graph, { id: "r1" });
  const [attempt] = work.running;
  for (const [name, bytes] of Object.entries(stored)) {
    const writer = await attempt!.attempt.createArtifact(name);
    await writer.write(bytes);
    await writer.commit();
  }
  work.end("a", succeeded([...output]));
  await run.outcome();
  return { run, runtime, artifacts };
}

it("holds the run's events as they are, whatever its texts are, and no text can end its element", async () => {
  const { run, runtime } = await hostileRun([...hostile, "\u0000"]);
  const page = await pageOf(run);
  const { recorded, text } = recordedIn(page);
  expect(text).not.toMatch(/[<\u2028\u2029]/);
  expect(Buffer.from(text).toString()).toBe(text);
  const own: unknown[] = [];
  for await (const { position, at, event } of run.events()) own.push({ position, at, event });
  expect(recorded.events).toEqual(JSON.parse(JSON.stringify(own)));
  const { position } = run.snapshot();
  expect(recorded).toMatchObject({ id: "r1", writtenAtPosition: position, artifacts: {}, artifactsLeftOut: [] });
  expect([recorded.summary]).toEqual(JSON.parse(JSON.stringify(await runtime.list())));
  await runtime.close();
});

it("is one document that asks nobody for anything, and whose policy allows its own script and style alone", async () => {
  const { run, runtime } = await hostileRun([]);
  const page = await pageOf(run);
  expect(page).not.toMatch(/\b(?:src|href)=/);
  const [, policy = ""] = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page) ?? [];
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|https?:|'self'|\*/);
  const hash = (text = ""): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  const [, script] = /<script type="module">([\s\S]*?)<\/script>/.exec(page) ?? [];
  const [, style] = /<style>([\s\S]*?)<\/style>/.exec(page) ?? [];
  expect(policy).toContain(`script-src ${hash(script)};`);
  expect(policy).toContain(`style-src ${hash(style)};`);
  expect(style).toBe(stubStyle);
  // It reads as before, and opens no comment in which the end of the script would be lost.
  expect(script).not.toContain("<!--");
  expect(script?.replace(String.raw`\x3C!--`, "<!--")).toBe(stubScript);
  // The policy stands before whatever it is to hold for.
  expect(page.indexOf("Content-Security-Policy")).toBeLessThan(page.search(/<script|<style/));
  await runtime.close();
});

it("has the artifacts that are texts and have room, and names the others", async () => {
  const large = limits.viewerFileArtifactBytesMax;
  const { run, runtime, artifacts } = await hostileRun([], {
    "fine.txt": Buffer.from("fine"),
    "page.html": Buffer.from(wellFormed),
    "image.png": Buffer.from([0x89, 0x50, 0xff]),
    "full.txt": Buffer.alloc(large, "x"),
    "large.txt": Buffer.alloc(large + 1, "x"),
  });
  const { recorded } = recordedIn(await pageOf(run, { artifacts }));
  expect(Object.keys(recorded.artifacts)).toEqual(["a.1.fine.txt", "a.1.page.html", "a.1.full.txt"]);
  expect(recorded.artifacts["a.1.page.html"]).toBe(wellFormed);
  expect(recorded.artifactsLeftOut).toEqual(["a.1.image.png", "a.1.large.txt"]);
  const without = recordedIn(await pageOf(run)).recorded;
  expect([Object.keys(without.artifacts), without.artifactsLeftOut.length]).toEqual([[], 5]);
  await runtime.close();
});

it("leaves out what has no room together, and what is not there or not as it was written", async () => {
  const count = limits.viewerFileArtifactsBytesMax / limits.viewerFileArtifactBytesMax + 2;
  const names = Array.from({ length: count }, (_, index) => `part-${index}.txt`);
  const bytes = Buffer.alloc(limits.viewerFileArtifactBytesMax, "x");
  const { run, runtime, artifacts } = await hostileRun([], Object.fromEntries(names.map((name) => [name, bytes])));
  const gone = {
    ...artifacts,
    read: (place: string, artifact: ArtifactRef) =>
      artifacts.read(place, artifact.name === "a.1.part-0.txt" ? { ...artifact, sha256: "0".repeat(64) } : artifact),
  };
  const { recorded } = recordedIn(await pageOf(run, { artifacts: gone }));
  expect(recorded.artifactsLeftOut).toEqual(["a.1.part-0.txt", `a.1.${names.at(-1)}`]);
  await runtime.close();
});

it("shows a run that goes on as it is now", async () => {
  const runtime = await openRuntime({ executors: [scriptedExecutor()] });
  const parsed = parseGraph({ name: "live", objective: "Go on.", steps: [{ id: "a", shell: ":" }] });
  if (!parsed.ok) throw new Error("unreachable");
  const run = await runtime.start(parsed.graph, { id: "r1" });
  const { recorded } = recordedIn(await pageOf(run));
  expect(recorded.writtenAtPosition).toBe(recorded.events.at(-1)?.position);
  expect(recorded.summary).toMatchObject({ status: "running", steps: { total: 1, ended: 0 } });
  await runtime.close();
});

it.each([
  ["another file", { "assets/more-abc.js": "1" }],
  [
    "a script that is not there",
    { "index.html": '<meta charset="utf-8"><script src="./assets/none.js"></script></body>' },
  ],
  ["no body", { "index.html": '<meta charset="utf-8"><script src="./assets/index-abc123.js"></script>' }],
])("refuses a page with %s, whose file would not be whole", async (_, files) => {
  const { run, runtime } = await hostileRun([]);
  const told = await pageOf(run, { pageDirectory: stubPage(files) }).catch((error: unknown) => error);
  expect(isRunfoldError(told, "viewer.unavailable")).toBe(true);
  const none = await pageOf(run, { pageDirectory: placeWith() }).catch((error: unknown) => error);
  expect(isRunfoldError(none, "viewer.unavailable")).toBe(true);
  await runtime.close();
});
