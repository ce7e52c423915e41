import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { jsonLines, workplaces } from "./cli-process.ts";
import type { RunningCommand, Workplace } from "./cli-process.ts";

const workplace = workplaces();
const fixture = fileURLToPath(new URL("../support/machine-owner.ts", import.meta.url));

function startMachine(place: Workplace): RunningCommand {
  const program = [process.execPath, "--import", import.meta.resolve("tsx"), fixture];
  return place.start([], { instead: [...program, place.path("runs.db"), place.path("snapshot.json")] });
}

test("a machine whose process was killed goes on with its run in another one, and starts none anew", async () => {
  const place = workplace();
  const killed = startMachine(place);
  await killed.until("waiting");
  killed.child.kill("SIGKILL");
  await killed.ended;

  const next = startMachine(place);
  await next.until("waiting");
  writeFileSync(place.path("go"), "");
  const { code, stdout } = await next.ended;
  expect(code).toBe(0);
  const runs = await place.run(["runs", "--json", "--db", "runs.db"]);
  const [only, ...others] = jsonLines(runs.stdout) as { readonly id: string }[];
  expect(others).toEqual([]);
  expect(jsonLines(stdout.slice(stdout.indexOf("{")))).toMatchObject([
    { run: only!.id, status: "succeeded", outputs: { first: { stdout: "kept" } } },
  ]);
  expect(readFileSync(place.path("marks"), "utf8")).toBe("first\n");
  const events = jsonLines((await place.run(["events", only!.id, "--json", "--db", "runs.db"])).stdout);
  expect(events.filter((line) => JSON.stringify(line).includes('"run.recovered"'))).toHaveLength(1);
});
