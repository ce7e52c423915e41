import { setTimeout } from "node:timers/promises";

/** Far more turns than anything needs; reaching it means that it never comes. */
const turnsMax = 3_000;

/** Waits until something holds of which the system sends no word. For tests alone, and only where there is no event. */
export async function eventually(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let turn = 0; turn < turnsMax; turn++) {
    if (await holds()) return;
    await setTimeout(5);
  }
  throw new Error(`It never came to this: ${what}`);
}
