import { writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { workplaces } from "./cli-process.ts";
import { editCommit } from "./edit-commit.ts";
import { databasesIn, proveJournals } from "./proven-journals.ts";

const workplace = workplaces();

it("no test of the command passes that left a journal which is not as recorded", async () => {
  const place = workplace();
  await place.run(["run", place.graph("small", [{ id: "a", shell: "echo a" }]), "--id", "r1"]);
  expect(databasesIn(place.directory)).toEqual([".runfold/runs.db"]);
  await expect(proveJournals(place.directory, new Set())).resolves.toBeUndefined();
  // The first commit: the run's start, and with it that of its step.
  editCommit(place, 2, (body) => body.replace('"epoch":1', '"epoch":2'), "fits");
  await expect(proveJournals(place.directory, new Set())).rejects.toThrow(
    /not proven:\n\.runfold\/runs\.db: run r1: \{/,
  );
  await expect(proveJournals(place.directory, new Set([".runfold/runs.db"]))).resolves.toBeUndefined();
  writeFileSync(place.path("text.db"), "This is not a database at all. ".repeat(100));
  await expect(proveJournals(place.directory, new Set([".runfold/runs.db"]))).rejects.toThrow(
    /text\.db: .*not a journal/,
  );
  place.excuse("text.db");
});
