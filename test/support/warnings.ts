import process from "node:process";

/** What Node warned of while something was going on: listeners that pile up, things that are deprecated. */
export async function warningsDuring(act: () => Promise<void>): Promise<string[]> {
  const warnings: string[] = [];
  const note = ({ name, message }: Error): void => void warnings.push(`${name}: ${message}`);
  process.on("warning", note);
  try {
    await act();
    // Warnings are told in a turn of their own.
    await new Promise((resolve) => setImmediate(resolve));
    return warnings;
  } finally {
    process.off("warning", note);
  }
}
