import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { runTable, stepTable } from "../src/machines/run-state.ts";
import { runMachine } from "../src/machines/run-machine.ts";
import { stepMachine } from "../src/machines/step-machine.ts";
import { diagramOf, pageWith } from "./support/chart-diagram.ts";
import { currentMachinePage, machineNames, readMachinePage } from "./support/machine-pages.ts";

describe("the pages of machines", () => {
  it.each(machineNames)("show the chart of a %s as it is; npm run machines draws it anew", (name) => {
    expect(readMachinePage(name)).toBe(currentMachinePage(name));
  });

  it("are one for each machine", () => {
    const files = readdirSync(fileURLToPath(new URL("../docs/machines", import.meta.url)));
    expect(files.toSorted()).toEqual(machineNames.map((name) => `${name}.md`).toSorted());
  });

  it("has an arrow for each signal that a state takes, and names every state", () => {
    const diagram = diagramOf(stepTable, stepMachine.events);
    for (const state of stepTable.states) expect(diagram).toMatch(new RegExp(`\\b${state}\\b`));
    expect(diagram).toContain("\n  running --> waiting: fail.retry / step.retryScheduled");
    expect(diagram).toContain("\n  pending --> canceled: cancel / step.canceled");
    expect(diagram).toContain("\n  blocked --> [*]");
    const settled = "settle.succeeded, settle.mixed, settle.failed / run.settled";
    expect(diagramOf(runTable, runMachine.events)).toContain(`\n  canceling --> canceled: ${settled}`);
  });

  it("refuses a page without a place for a chart", () => {
    expect(() => pageWith("# Machines\n", "step", "")).toThrow("no marks for step");
  });
});
