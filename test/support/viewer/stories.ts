import type { GraphDocument, StepDocument } from "../../../src/domain/graph-document.ts";
import type { Told, ToldRun } from "./told-run.ts";

/** A release with agents, of 38 steps: what a person would really look at. */
export function releaseStory(): ToldRun {
  const packages = ["core", "cli", "server", "viewer", "docs", "sdk"];
  const agent = (task: string): Pick<StepDocument, "agent"> => ({
    agent: { kind: "pi", task, system: "You review code." },
  });
  const steps: StepDocument[] = [
    { id: "checkout", command: ["git", "fetch", "--all", "--tags"] },
    { id: "install", command: ["npm", "ci"], needs: ["checkout"] },
    ...packages.flatMap((name): StepDocument[] => [
      { id: `lint-${name}`, command: ["npm", "run", "lint", "-w", name], needs: ["install"] },
      { id: `build-${name}`, command: ["npm", "run", "build", "-w", name], needs: ["install"] },
      {
        id: `test-${name}`,
        command: ["npm", "test", "-w", name],
        needs: [`build-${name}`],
        retry: { attempts: name === "sdk" ? 2 : 3, backoffSeconds: 4 },
      },
      {
        id: `review-${name}`,
        ...agent(`Review the changes in packages/${name} since the last release.`),
        needs: [`build-${name}`],
      },
    ]),
    {
      id: "end-to-end",
      command: ["npm", "run", "e2e"],
      needs: packages.slice(0, 4).map((name) => `test-${name}`),
      timeoutSeconds: 18,
    },
    { id: "benchmarks", command: ["npm", "run", "bench"], needs: ["build-core", "build-cli"] },
    { id: "audit", command: ["npm", "audit", "--omit=dev"], needs: ["install"] },
    { id: "licences", command: ["npx", "license-checker"], needs: ["install"] },
    {
      id: "summary",
      ...agent("Write the release notes from the reviews."),
      needs: packages.map((name) => `review-${name}`),
    },
    { id: "changelog", command: ["npx", "changelog"], needs: ["summary"] },
    { id: "publish-sdk", command: ["npm", "publish", "-w", "sdk"], needs: ["test-sdk"] },
    { id: "announce", command: ["npx", "announce"], needs: ["publish-sdk", "changelog"] },
    { id: "report", command: ["npx", "report"], needs: ["benchmarks", "changelog"], after: ["end-to-end"] },
    { id: "tidy", shell: "rm -rf .cache", after: ["report", "audit", "licences"] },
  ];
  const graph: GraphDocument = {
    name: "release",
    objective: "Build, test and review all packages, and publish the release if everything holds.",
    steps,
    limits: { concurrency: 6, stepTimeoutSeconds: 600 },
    notify: { mode: "none" },
  };
  const inputs: ToldRun["inputs"] = [
    [
      21_000,
      {
        type: "message.send",
        step: "review-server",
        channel: "steer",
        text: "Look at the migration of the sessions table first.",
        key: "m-1",
      },
    ],
    [82_000, { type: "step.timeOut", step: "end-to-end", attempt: 1 }],
  ];
  return { graph, steps: releaseStep, inputs, run: "release-2026-11" };
}

function releaseStep(id: string): Told {
  const ms = 2_000 + (spread(id) % 9_000);
  const output = { stdout: `${id}: done in ${(ms / 1_000).toFixed(1)} s`, stderr: "", exitCode: 0 };
  if (id === "test-sdk") {
    const message =
      "The command ended with exit code 1.\n\n✖ retries a request that was cut off (1204 ms)\n  AssertionError: expected 2 requests, got 3\n      at test/retry.test.ts:41:18";
    return {
      ms: 6_000,
      failures: 2,
      failure: { kind: "exit", exitCode: 1, message },
      texts: ["running 212 tests\n", "✔ 211 passed\n✖ 1 failed\n"],
    };
  }
  if (id === "test-cli") return { ms: 5_000, failures: 1, texts: ["running 148 tests\n", "✔ 148 passed\n"], output };
  if (id === "end-to-end") return { ms: 60_000, isHanging: true, texts: ["starting 4 browsers\n", "12 of 60 flows\n"] };
  if (id.startsWith("review-") || id === "summary") {
    const usage = {
      inputTokens: 18_400 + (spread(id) % 9_000),
      outputTokens: 2_310,
      cacheReadTokens: 96_000,
      costUsd: 0.0941,
      turns: 7,
      model: "opus",
    };
    const texts = [
      "I read the diff first.\n",
      "The change to the session store drops an index that two queries use.\n",
      "Everything else is small and tested.\n",
    ];
    return {
      ms: 14_000 + (spread(id) % 8_000),
      texts,
      tools: ["read", "grep", "read"],
      usage,
      output: `Two findings in ${id.slice(7)}, one of them serious.\n\n1. The session index is dropped before its last reader is gone.\n2. A flag is documented, but not parsed.`,
    };
  }
  return { ms, output, texts: [`${id} begins\n`, `${id} half way\n`] };
}

/** Layers of steps that need some of the layer before: as wide and as deep as wanted. */
export function layeredStory(size: number, width: number, isQuiet = false): ToldRun {
  const steps = Array.from({ length: size }, (_, number): StepDocument => {
    const layer = Math.floor(number / width);
    const needs =
      layer === 0 ? [] : [0, 7, 14].map((offset) => stepId((layer - 1) * width + ((number + offset) % width)));
    return { id: stepId(number), task: "work", needs: [...new Set(needs)], retry: { attempts: 2, backoffSeconds: 1 } };
  });
  const graph: GraphDocument = {
    name: "nightly",
    objective: "Recompute all tables from the raw logs.",
    steps,
    limits: { concurrency: 48 },
    notify: { mode: "none" },
  };
  const told = (id: string): Told => {
    const chance = spread(id);
    const failures = chance % 97 === 3 ? 2 : chance % 29 === 7 ? 1 : 0;
    return {
      ms: 400 + (chance % 3_000),
      failures,
      texts: isQuiet ? [] : [`${id}: 1 of 2 parts\n`, `${id}: 2 of 2 parts\n`],
      output: { rows: chance },
    };
  };
  return { graph, steps: told, run: "nightly-1126" };
}

/** Five steps, one after the other and side by side. */
export function smallStory(): ToldRun {
  const graph: GraphDocument = {
    name: "audit",
    objective: "Describe this repository.",
    steps: [
      { id: "log", command: ["git", "log", "--oneline", "-20"] },
      { id: "size", command: ["du", "-sh", "."] },
      { id: "licences", shell: "cat LICENSE* | head -40" },
      { id: "report", task: "report", needs: ["log", "size", "licences"] },
      { id: "send", command: ["mail", "-s", "audit"], needs: ["report"] },
    ],
    limits: { concurrency: 2 },
    notify: { mode: "none" },
  };
  return {
    graph,
    steps: (id) => ({ ms: 800 + (spread(id) % 2_000), output: { stdout: `${id}\n`, stderr: "", exitCode: 0 } }),
    run: "audit-42",
  };
}

function stepId(number: number): string {
  const stages = ["extract", "clean", "join", "rank", "score", "merge", "index", "check", "pack", "store"];
  return `${stages[Math.floor(number / 100) % stages.length]}-${String(number).padStart(3, "0")}`;
}

/** A number that looks like chance, and is always the same for the same text. */
function spread(text: string): number {
  let hash = 7;
  for (const character of text) hash = (hash * 31 + character.codePointAt(0)!) % 1_000_003;
  return hash;
}
