import { randomBytes, randomInt } from "node:crypto";
import type { Entropy } from "../../ports/entropy.ts";

/** The largest range that `randomInt` takes is one less than this. */
const fractionSteps = 2 ** 47;
/** 120 bits, so that names of many machines never meet. */
const nameBytes = 15;

/** The operating system's source of chance. */
export function systemEntropy(): Entropy {
  return {
    fraction: () => randomInt(fractionSteps) / fractionSteps,
    uniqueName: () => randomBytes(nameBytes).toString("hex"),
  };
}
