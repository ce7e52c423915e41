import { execFile } from "node:child_process";
import { cp, mkdir, readlink, symlink } from "node:fs/promises";
import { basename, join, sep } from "node:path";
import { promisify } from "node:util";
import { builtDirectoryVariable, repository } from "./built-command.ts";
import type { ModelServer } from "./model-server/model-server.ts";
import { filesLeft, piPlace } from "./pi-place.ts";
import type { PiPlace } from "./pi-place.ts";
import { piEnvironment, PiSession } from "./pi-session.ts";
import { processesWith } from "./processes.ts";
import type { RealPi } from "./real-pi.ts";

const run = promisify(execFile);

/** A place with the package as it lies where it was installed; it finds what this repository builds. */
export async function placeWithPackage(server: ModelServer): Promise<{ place: PiPlace; installed: string }> {
  const place = await piPlace({ url: server.url });
  const installed = join(place.directory, "pi-agent-team");
  await cp(join(repository, "packages/pi-agent-team"), installed, { recursive: true });
  const dependency = join(installed, "node_modules/runfold");
  await mkdir(dependency, { recursive: true });
  await cp(join(repository, "package.json"), join(dependency, "package.json"));
  await symlink(process.env[builtDirectoryVariable]!, join(dependency, "dist"));
  return { place, installed };
}

/** A pi that was given the package for this session. */
export async function piWithPackage(pi: RealPi, server: ModelServer): Promise<{ session: PiSession; place: PiPlace }> {
  const { place, installed } = await placeWithPackage(server);
  return { session: new PiSession(pi, place, ["-e", installed]), place };
}

/** Has pi install the package, as its user would. */
export async function installPackage(
  { launcher: [node, program] }: RealPi,
  place: PiPlace,
  path: string,
): Promise<void> {
  await run(node, [program, "install", path], { cwd: place.workspace, env: piEnvironment(place) });
}

/** What pi compiles extensions into is kept there by itself, and no rest of a run. */
export async function ownFilesLeft({ temporary }: PiPlace): Promise<string[]> {
  return (await filesLeft(temporary)).filter((path) => path.split(sep)[0] !== "jiti");
}

/** The pis of a place that another one runs. */
export async function nestedPis({ directory }: PiPlace, { pid }: PiSession): Promise<number[]> {
  const nested: number[] = [];
  for (const found of await processesWith(directory)) {
    const program = await readlink(`/proc/${found}/exe`).catch(() => "");
    if (found !== pid && basename(program) === "node") nested.push(found);
  }
  return nested;
}
