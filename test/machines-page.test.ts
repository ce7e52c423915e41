import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { messageTable, runTable, stepTable } from "../src/machines/run-state.ts";
import { runMachine } from "../src/machines/run-machine.ts";
import { messageMachine } from "../src/machines/message-machine.ts";
import { stepMachine } from "../src/machines/step-machine.ts";
import { diagramOf, pageWith } from "./support/chart-diagram.ts";

const path = fileURLToPath(new URL("../docs/machines.md", import.meta.url));

describe("the page of machines", () => {
  it("shows all charts as they are; UPDATE_DOCS=1 draws them anew", () => {
    const page = readFileSync(path, "utf8");
    const step = diagramOf(stepTable, stepMachine.events);
    const run = diagramOf(runTable, runMachine.events);
    const message = diagramOf(messageTable, messageMachine.events);
    const current = pageWith(pageWith(pageWith(page, "step", step), "run", run), "message", message);
    if (process.env["UPDATE_DOCS"] === "1") writeFileSync(path, current);
    expect(readFileSync(path, "utf8")).toBe(current);
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
