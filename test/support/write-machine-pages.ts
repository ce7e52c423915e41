import { machineNames, writeMachinePage } from "./machine-pages.ts";

for (const name of machineNames) writeMachinePage(name);
