import process from "node:process";
import { afterAll } from "vitest";

/** What Node says of itself, and not of us. */
const passed = new Set(["ExperimentalWarning", "DeprecationWarning"]);

/** Lets a test file fail where Node warned while it ran: of listeners that pile up, of timers that are too long, of rejections caught late. */
export function refuseWarnings(): void {
  const warnings: string[] = [];
  const note = ({ name, message, stack }: Error): void => {
    if (!passed.has(name)) warnings.push(stack ?? `${name}: ${message}`);
  };
  process.on("warning", note);
  afterAll(async () => {
    // Warnings are told in a turn of their own.
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", note);
    if (warnings.length > 0) throw new Error(`Node warned:\n${warnings.join("\n")}`);
  });
}
