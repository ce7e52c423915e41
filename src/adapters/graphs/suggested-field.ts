import { nearestWord } from "../../domain/nearest-word.ts";

/** What other workflow formats call our fields. */
const foreignNames = new Map([
  ["cmd", "command"],
  ["run", "shell"],
  ["script", "shell"],
  ["dependson", "needs"],
  ["dependencies", "needs"],
  ["deps", "needs"],
  ["requires", "needs"],
  ["environment", "env"],
  ["workingdirectory", "cwd"],
  ["workdir", "cwd"],
  ["maxattempts", "attempts"],
  ["goal", "objective"],
  ["title", "name"],
  ["key", "id"],
  ["jobs", "steps"],
  ["nodes", "steps"],
  ["systemprompt", "system"],
  ["instructions", "system"],
  ["permissions", "authority"],
  ["reasoning", "thinking"],
]);

/** The known field that an unknown one was probably meant to be: another spelling, a part of it, or another format's name. */
export function suggestedField(unknown: string, known: readonly string[]): string | undefined {
  const plain = plainName(unknown);
  if (plain.length > 63 || plain === "") return undefined;
  const foreign = foreignNames.get(plain);
  if (foreign !== undefined && known.includes(foreign)) return foreign;
  const plainNames = new Map(known.map((field) => [plainName(field), field]));
  const nearest = nearestWord(plain, plainNames.keys(), plain.length < 4 ? 1 : 2);
  if (nearest !== undefined) return plainNames.get(nearest);
  return known.find((field) => plain.length > 2 && plainName(field).includes(plain));
}

function plainName(name: string): string {
  return name
    .slice(0, 64)
    .toLowerCase()
    .replaceAll(/[^a-z]/g, "");
}
