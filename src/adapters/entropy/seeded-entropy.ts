import type { Entropy } from "../../ports/entropy.ts";

/**
 * Chance that a test can repeat: the same seed gives the same fractions and names, in the same order. Not for anything else:
 * its names are unique within one seed alone, and anyone can guess them.
 */
export function seededEntropy(seed = 1): Entropy {
  let state = seed >>> 0;
  let names = 0;
  // Mulberry32 (https://gist.github.com/tommyettinger/46a874533244883189143505d203312c): 32 bits of state, all of them reached.
  const word = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return {
    fraction: () => word() / 2 ** 32,
    uniqueName: () => {
      // The count keeps names apart however the words fall.
      names++;
      return [word(), word(), word()].map((part) => part.toString(16).padStart(8, "0")).join("") + names.toString(36);
    },
  };
}
