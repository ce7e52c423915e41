import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { teamInput, teamStep, teamWorld, workspace } from "./team-world.ts";

test("agents run with the model of the moment of their start, be they written in the graph or defined in a file that names none", async () => {
  const library = { packageDirectory: join(await workspace(), "agents") };
  await mkdir(library.packageDirectory);
  const define = (name: string, rest = ""): Promise<void> =>
    writeFile(
      join(library.packageDirectory, `${name}.md`),
      `---\nname: ${name}\ndescription: Helps.\ntools: read\n${rest}---\nYou help.\n`,
    );
  await define("plain");
  await define("own", "model: own/model\n");
  let model = "host/first";
  const world = await teamWorld({ host: { agents: { library }, defaults: () => ({ model, thinking: "low" }) } });
  const graph = teamInput([
    teamStep("written"),
    teamStep("plain", { agent: { ref: "package:plain" } }),
    teamStep("own", { agent: { ref: "package:own" } }),
  ]);
  const modelsOf = async (runId: string) => {
    const agents = (await world.runtime.get(runId))!.snapshot().graph.steps.map(({ agent }) => agent);
    return agents.map((agent) => `${agent?.model} ${agent?.thinking}`);
  };
  await world.call({ action: "start", graph });
  model = "host/second";
  await world.call({ action: "start", graph });
  // What its definition says, the program is told with it.
  expect(await modelsOf("r1")).toEqual(["host/first low", "host/first low", "undefined low"]);
  expect(await modelsOf("r2")).toEqual(["host/second low", "host/second low", "undefined low"]);
});
