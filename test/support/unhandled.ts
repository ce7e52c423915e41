import process from "node:process";

/** What would have ended the process while something was going on: errors that nobody caught, and rejections. */
export async function unhandledDuring(act: () => Promise<void>): Promise<unknown[]> {
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  process.on("uncaughtException", note);
  process.on("unhandledRejection", note);
  try {
    await act();
    // A rejection counts as unhandled when the microtasks of its turn are over.
    await new Promise((resolve) => setImmediate(resolve));
    return unhandled;
  } finally {
    process.off("uncaughtException", note);
    process.off("unhandledRejection", note);
  }
}
