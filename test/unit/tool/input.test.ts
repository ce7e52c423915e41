import { describe, expect, test } from "vitest";
import { createTeamTool } from "runfold/tool";
import { accepts } from "../../support/json-schema-validator.ts";
import { teamInput, teamStep, teamWorld } from "./team-world.ts";

const codes = (result: { details: { diagnostics: readonly { code: string }[] } }): string[] =>
  result.details.diagnostics.map(({ code }) => code);

describe("the shape of a call", () => {
  test.each<[string, Record<string, unknown>, string]>([
    ["no action", {}, "action-required"],
    ["an action that is no text", { action: 7 }, "action-required"],
    ["an action of long ago", { action: "run" }, "action-invalid"],
    ["no run", { action: "cancel" }, "run-id-required"],
    ["no step", { action: "step_result", runId: "r1" }, "step_result-step-required"],
    ["no step to speak to", { action: "message", runId: "r1", channel: "steer", text: "Hi" }, "message-step-required"],
    ["no channel", { action: "message", runId: "r1", stepId: "a", text: "Hi" }, "message-channel-required"],
    [
      "no such channel",
      { action: "message", runId: "r1", stepId: "a", text: "Hi", channel: "x" },
      "message-channel-invalid",
    ],
    [
      "blank text",
      { action: "message", runId: "r1", stepId: "a", text: " ", channel: "steer" },
      "message-text-required",
    ],
    ["neither graph nor file", { action: "start" }, "start-graph-required"],
    [
      "both graph and file",
      { action: "start", graph: teamInput([teamStep("a")]), graphFile: "x.json" },
      "start-graph-required",
    ],
  ])("with %s is refused with its code", async (_what, input, code) => {
    const { call } = await teamWorld();
    const result = await call(input);
    expect([result.ok, result.details.error?.code, codes(result)]).toEqual([false, code, [code]]);
    expect(result.details.error?.repair).toMatch(/\w/);
  });

  test("tells fields that an action does not take, and where they belong", async () => {
    const { call } = await teamWorld();
    const denied = await call({ action: "catalog", maxBytes: 5 });
    expect(denied.details.error).toMatchObject({
      code: "catalog-control-fields-denied",
      fields: ["maxBytes"],
      repair: expect.stringContaining("library.query"),
    });
    const flat = await call({ action: "start", objective: "x", steps: [teamStep("a")], preview: true });
    expect(flat.details.error).toMatchObject({
      code: "start-control-fields-denied",
      repair: expect.stringContaining("under graph"),
    });
    const retired = await call({ action: "message", runId: "r1", stepId: "a", text: "Hi", kind: "steer" });
    expect(codes(retired)).toEqual(["message-control-fields-denied", "message-channel-required"]);
  });

  test("names five of seven bad fields, each with a repair of its own", async () => {
    const { call } = await teamWorld();
    const graph = teamInput([
      teamStep("a", { id: "A!", task: 5, needs: "b", cwd: 3, after: [1], mutationScope: {}, agent: { system: 2 } }),
    ]);
    const { details } = await call({ action: "start", graph });
    expect(codes({ details })).toEqual(Array(5).fill("input-schema-invalid"));
    for (const { path, repair } of details.diagnostics) {
      const field = path.split("/").findLast((part) => !/^\d+$/.test(part));
      expect(repair).toContain(field);
    }
  });

  test("refuses a run id of an older version at its place", async () => {
    const { call } = await teamWorld();
    const { details } = await call({ action: "run_status", runId: "run-0b0c3f9e-long" });
    expect(details.error).toMatchObject({
      code: "input-schema-invalid",
      path: "/runId",
      repair: expect.stringContaining("r1"),
    });
  });

  test.each([
    ["tools", "my_search", "extensionTools"],
    ["skills", "writing", "host"],
  ])("has advice for a name in %s that does not belong there", async (field, name, advice) => {
    const { call } = await teamWorld();
    const graph = teamInput([teamStep("a", { agent: { system: "You help.", [field]: [name] } })]);
    const { details } = await call({ action: "start", graph });
    expect(details.error).toMatchObject({ code: "input-schema-invalid", repair: expect.stringContaining(advice) });
  });
});

describe("the schema of the input", () => {
  test("is a plain object that a validator of its draft takes, and is what calls are checked by", async () => {
    const { tool } = await teamWorld();
    const schema = JSON.parse(JSON.stringify(tool.parameters)) as Record<string, unknown>;
    expect(schema).toEqual(tool.parameters);
    expect(accepts(schema, { action: "start", graph: teamInput([teamStep("a")]) })).toBe(true);
    expect(accepts(schema, { action: "start", graph: teamInput([]) })).toBe(false);
  });

  test("allows as many steps as the host says, by itself those of the predecessor", async () => {
    const { call, runtime } = await teamWorld();
    const steps = Array.from({ length: 17 }, (_, index) => teamStep(`s${index}`));
    const refused = await call({ action: "start", graph: teamInput(steps) });
    expect(refused.details.error).toMatchObject({ code: "input-schema-invalid", path: "/graph/steps" });
    const wide = createTeamTool(runtime, { stepsMax: 17 });
    expect(await wide.call({ action: "start", graph: teamInput(steps) })).toMatchObject({ ok: true });
  });
});
