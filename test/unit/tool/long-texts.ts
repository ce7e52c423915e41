import { join } from "node:path";
import { directoryArtifacts } from "runfold";
import type { ArtifactStore } from "runfold";
import type { ScriptedAttempt } from "runfold/testing";
import { workspace } from "./team-world.ts";
import type { TeamWorld } from "./team-world.ts";

/** Ends a step with a text that is kept as an artifact, as agents do with long ones. */
export async function endWithArtifact({ executor }: TeamWorld, step: string, text: string, run = "r1"): Promise<void> {
  const running = executor.running.find((one: ScriptedAttempt) => one.step === step && one.run === run)!;
  const writer = await running.attempt.createArtifact("output");
  await writer.write(Buffer.from(text));
  const artifact = await writer.commit();
  running.end({
    type: "succeeded",
    output: { value: null, spilled: [{ pointer: "", encoding: "text", artifact }] },
  });
}

/** A store of artifacts in files that tells of each reading before it begins, and may keep it waiting. */
export async function watchedArtifacts(reading: (name: string) => Promise<void> | void): Promise<ArtifactStore> {
  const store = directoryArtifacts(join(await workspace(), "artifacts"));
  return new Proxy(store, {
    get(target, name) {
      const found: unknown = Reflect.get(target, name, target);
      if (typeof found !== "function") return found;
      if (name !== "read") return found.bind(target) as unknown;
      return async function* read(...given: Parameters<ArtifactStore["read"]>) {
        await reading(given[1].name);
        yield* target.read(...given);
      };
    },
  });
}
