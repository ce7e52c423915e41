import { parseGraph, parseGraphText } from "../src/adapters/graphs/parse-graph.ts";

/** Times parsing at the largest graph: `npx tsx bench/parse-graph.ts`. Prints the best of several rounds, in milliseconds. */
const count = 100_000;
const rounds = 7;

const graphOf = (step: (index: number, needs: readonly string[]) => object): string =>
  JSON.stringify({
    name: "large",
    objective: "Measure.",
    steps: Array.from({ length: count }, (_, index) =>
      step(index, index < 4 ? [] : [index - 1, index >> 1, index >> 2].map((parent) => `step-${parent}`)),
    ),
  });

const fine = graphOf((index, needs) => ({ id: `step-${index}`, command: ["echo", "hello"], needs }));
const broken = graphOf((index, needs) => ({
  id: `Step ${index}`,
  command: "echo",
  comand: [],
  needs,
  timeoutSeconds: -1,
}));
const unknown = graphOf((index) => ({ id: `step-${index}`, task: "t", needs: [`stepp-${index}`] }));
const ring = graphOf((index) => ({ id: `step-${index}`, task: "t", needs: [`step-${(index + 1) % count}`] }));

function best<Given>(label: string, prepare: () => Given, work: (given: Given) => unknown): void {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    const given = prepare();
    const start = performance.now();
    work(given);
    least = Math.min(least, performance.now() - start);
  }
  console.log(`${label.padEnd(36)} ${least.toFixed(0).padStart(6)} ms`);
}

const parsed = (text: string) => (): unknown => JSON.parse(text);
best("JSON.parse, three needs each", () => fine, JSON.parse);
best("parseGraph, three needs each", parsed(fine), parseGraph);
best("parseGraphText, three needs each", () => fine, parseGraphText);
best("parseGraph, every step broken", parsed(broken), parseGraph);
best("parseGraph, every dependency unknown", parsed(unknown), parseGraph);
best("parseGraph, one cycle through all", parsed(ring), parseGraph);
