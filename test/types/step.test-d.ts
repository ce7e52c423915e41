import { step } from "../../src/domain/step.ts";
import { command, task } from "../../src/domain/work.ts";
const log = step("log", { run: command("git", ["log"]) });
const size = step("size", { run: command("du", ["-sh", "."]) });
const report = step("report", {
  needs: { log, size },
  after: { size },
  run: task(async ({ log, size }, { signal, progress, after }) => { progress("x"); signal.aborted; if (after.size.status === "succeeded") after.size.output.stdout; return `${log.stdout}\n${size.stdout}`; }),
});
const x: string | undefined = report.output;
const n = step("n", { run: task(() => 5) });
const m = step("m", { needs: { n }, run: task(({ n }) => { const k: number = n; return { k }; }) });
const k: { k: number } | undefined = m.output;
// @ts-expect-error not a need
step("bad", { needs: { n }, run: task(({ other }) => other) });
// @ts-expect-error wrong type
step("bad2", { needs: { log }, run: task(({ log }) => log.foo) });
const c = step("c", { needs: { log }, run: command("ls") });
const s2: string | undefined = c.output?.stdout;
console.log(x, k, s2);
