import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import type { Event } from "runfold";
import { quickDirectory } from "./quick-directory.ts";

interface SaidSpan {
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly linked: readonly string[];
}

interface Line {
  readonly span?: SaidSpan;
  readonly event?: Event;
  readonly status?: string;
  readonly stdout?: string;
}

const program = fileURLToPath(new URL("../support/traced-owner.mjs", import.meta.url));
const started: ReturnType<typeof spawn>[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});

/** Everything that an owner of the run says until its process ends; it is killed once this holds of a line. */
async function said(options: object, isDeadly: (line: Line) => boolean): Promise<readonly Line[]> {
  const child = spawn(process.execPath, [program, JSON.stringify(options)], { stdio: ["ignore", "pipe", "inherit"] });
  started.push(child);
  const lines: Line[] = [];
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as Line;
    lines.push(line);
    if (isDeadly(line)) child.kill("SIGKILL");
  }
  return lines;
}

test("a process that is killed loses spans, and the next owner makes them: together they are one whole trace", async () => {
  const root = quickDirectory();
  const document = {
    name: "g",
    objective: "Be traced across a crash.",
    steps: [
      { id: "a", command: ["true"] },
      { id: "b", shell: "echo begun; while ! test -e go; do sleep 0.05; done", needs: ["a"] },
      { id: "c", shell: 'printf %s "$TRACEPARENT"', needs: ["b", "a"] },
    ],
  };
  const options = { db: join(root, "runs.db"), root, document };
  const before = await said(options, ({ event }) => event?.type === "step.progressed" && event.step === "b");
  writeFileSync(join(root, "go"), "");
  const after = await said(options, () => false);
  expect(after.at(-1)).toMatchObject({ status: "succeeded" });

  const spans = [...before, ...after].flatMap(({ span }) => span ?? []);
  const mine = spans.filter(({ name }) => name !== "request");
  expect(mine.map(({ name, attributes }) => [name, attributes["runfold.attempt.outcome"] ?? "run"])).toEqual([
    ["step a", "succeeded"],
    ["step b", "interrupted"],
    ["step b", "succeeded"],
    ["step c", "succeeded"],
    ["run g", "run"],
  ]);
  const [a, , b, c, run] = mine;
  const request = spans.find(({ name }) => name === "request");
  expect(new Set(mine.map(({ traceId }) => traceId))).toEqual(new Set([request?.traceId]));
  expect(mine.map(({ parentSpanId }) => parentSpanId)).toEqual([
    ...Array.from({ length: 4 }, () => run?.spanId),
    request?.spanId,
  ]);
  expect(c?.linked).toEqual([b?.spanId, a?.spanId]);
  expect(after.at(-1)?.stdout).toBe(`00-${c?.traceId}-${c?.spanId}-01`);
});
