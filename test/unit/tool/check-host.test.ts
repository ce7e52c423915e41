import { expect, test } from "vitest";
import { memoryJournal, openRuntime } from "runfold";
import { createTeamTool, teamToolDefinition } from "runfold/tool";

test.each([["stepsMax"], ["liveRunsMax"], ["retainedRunsMax"]])(
  "a tool is refused whose host gives a %s that limits nothing",
  async (option) => {
    await using runtime = await openRuntime({ journal: memoryJournal() });
    for (const figure of [0, -1, 1.5, Number.NaN, Infinity]) {
      expect(() => createTeamTool(runtime, { [option]: figure })).toThrow(
        expect.objectContaining({ code: "tool.invalid", details: { option } }),
      );
    }
    createTeamTool(runtime, { [option]: 1 }).close();
  },
);

test("its definition is refused by itself, too", () => {
  expect(() => teamToolDefinition({ stepsMax: Number.NaN })).toThrow(expect.objectContaining({ code: "tool.invalid" }));
});
