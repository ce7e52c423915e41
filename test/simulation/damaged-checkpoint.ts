import type { Json } from "../../src/domain/json.ts";
import type { Checkpoint } from "../../src/ports/journal.ts";
import type { Chance } from "./chance.ts";

/** What may come instead of a run's newest checkpoint: none, an older one, that of another run, or one with a changed value. */
export function damagedCheckpoint(
  own: readonly Checkpoint[],
  all: readonly Checkpoint[],
  chance: Chance,
): Checkpoint | undefined {
  if (all.length > 0 && chance.happens(20)) return chance.pick(all);
  const newest = own.at(-1);
  if (newest === undefined || chance.happens(20)) return undefined;
  if (chance.happens(20)) return chance.pick(own);
  const damaged: Checkpoint = JSON.parse(JSON.stringify(newest));
  if (chance.happens(10)) return { ...damaged, position: damaged.position + 1 - 2 * chance.below(2) };
  changeSomething(damaged.state, chance);
  return damaged;
}

/** Walks down to some value and changes it into another of its kind. */
function changeSomething(within: Json, chance: Chance): void {
  if (typeof within !== "object" || within === null) return;
  const parts = within as { [key: string]: Json };
  const keys = Object.keys(parts);
  if (keys.length === 0) return;
  const key = chance.pick(keys);
  const value = parts[key]!;
  if (typeof value === "number") parts[key] = value + 1;
  else if (typeof value === "boolean") parts[key] = !value;
  else if (typeof value === "string") parts[key] = chance.happens(50) ? `${value}x` : "running";
  else if (value === null || Object.keys(value).length === 0) parts[key] = 1;
  else changeSomething(value, chance);
}
