import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

function manifestOf(directory: string): Manifest {
  return JSON.parse(readFileSync(new URL(`../${directory}package.json`, import.meta.url), "utf8")) as Manifest;
}

it("releases the package for pi with the library, in one version that it asks for exactly", () => {
  const { version } = manifestOf("");
  const team = manifestOf("packages/pi-agent-team/");
  expect({ version: team.version, asked: team.dependencies["runfold"] }).toEqual({ version, asked: version });
});
