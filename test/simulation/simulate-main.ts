import process from "node:process";
import { parseArgs } from "node:util";
import { playSeed, textOfFailure } from "./play.ts";

/** A long campaign: `npm run simulate -- --seeds 10000 [--from 1] [--keep-going]`. */
const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    "keep-going": { type: "boolean", default: false },
  },
});
const from = Number(values.from);
const end = from + Number(values.seeds);
const startedAt = Date.now();
let failures = 0;
for (let seed = from; seed < end; seed++) {
  const failure = await playSeed(seed);
  if (failure !== undefined) {
    failures++;
    process.stdout.write(`\n${textOfFailure(failure)}\n`);
    process.exitCode = 1;
    if (!values["keep-going"]) break;
  }
  if ((seed - from) % 100 === 99 || seed === end - 1) {
    const seconds = Math.round((Date.now() - startedAt) / 1_000);
    process.stderr.write(`${seed - from + 1} of ${end - from} seeds, ${failures} failed, ${seconds} s\n`);
  }
}
