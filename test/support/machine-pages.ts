import { readFileSync, writeFileSync } from "node:fs";
import { messageMachine } from "../../src/machines/message-machine.ts";
import { runMachine } from "../../src/machines/run-machine.ts";
import { messageTable, runTable, stepTable } from "../../src/machines/run-state.ts";
import { stepMachine } from "../../src/machines/step-machine.ts";
import { diagramOf, pageWith } from "./chart-diagram.ts";

/** The page of each machine, and the diagram that belongs into it. */
const pages = {
  step: () => diagramOf(stepTable, stepMachine.events),
  run: () => diagramOf(runTable, runMachine.events),
  message: () => diagramOf(messageTable, messageMachine.events),
};

export type MachineName = keyof typeof pages;
export const machineNames = Object.keys(pages) as readonly MachineName[];

export function readMachinePage(name: MachineName): string {
  return readFileSync(fileOf(name), "utf8");
}

/** The page as it should be: with the diagram of the machine that runs. */
export function currentMachinePage(name: MachineName): string {
  return pageWith(readMachinePage(name), name, pages[name]());
}

export function writeMachinePage(name: MachineName): void {
  writeFileSync(fileOf(name), currentMachinePage(name));
}

function fileOf(name: MachineName): URL {
  return new URL(`../../docs/machines/${name}.md`, import.meta.url);
}
