import { describe, expect, it } from "vitest";
import { showsProcesses } from "../support/processes.ts";
import { jsonLines, workplaces, type Workplace } from "./cli-process.ts";
import { editCommit } from "./edit-commit.ts";
import { leftRun, letGo } from "./left-run.ts";

const workplace = workplaces();

/** A run of two steps, and the position of the commit in which the first ends and the second starts. */
async function recorded(steps: readonly object[] = small): Promise<{ place: Workplace; commits: Line[] }> {
  const place = workplace();
  await place.run(["run", place.graph("small", steps), "--id", "r1"]);
  const lines = jsonLines((await place.run(["export", "r1"])).stdout).slice(1, -1);
  return { place, commits: lines.map(({ commit }) => commit as Line) };
}

type Line = {
  readonly position: number;
  readonly events: readonly { readonly type: string; readonly step?: string }[];
};

const small = [
  { id: "a", shell: "echo a" },
  { id: "b", shell: "echo b", needs: ["a"] },
];

function commitThat(commits: readonly Line[], type: string, step: string): Line {
  const found = commits.find(({ events }) => events.some((event) => event.type === type && event.step === step));
  if (found === undefined) throw new Error(`No commit has a ${type} of ${step}.`);
  return found;
}

/** The step's deadline is one that the machines never give. */
const otherDeadline = (body: string): string => body.replace(/"deadlineAt":\d+/, '"deadlineAt":1234');

describe("verify of a run as it was recorded", () => {
  it("counts what was decided again, and ends with 0", async () => {
    const { place, commits } = await recorded();
    const events = commits.at(-1)?.position;
    const { code, stdout, stderr } = await place.run(["verify", "r1"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe(`Run r1: ${commits.length} commits, ${events} events decided again, all as recorded.\n`);
    const json = await place.json(["verify", "r1"]);
    expect(json).toEqual({ verified: { run: "r1", ok: true, commits: commits.length, position: events } });
  });

  it.runIf(showsProcesses)("holds for one that was killed, resumed and forked", async () => {
    const place = workplace();
    await leftRun(place, "r1");
    expect((await place.run(["verify", "r1"])).code).toBe(0);
    letGo(place);
    await place.run(["resume", "r1"]);
    await place.run(["fork", "r1", "--at", "5", "--id", "r2"]);
    const { code, stdout } = await place.run(["verify", "--all"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Run r1: .* all as recorded\.\nRun r2: .* all as recorded\.\n$/);
  });
});

describe("verify of a run that somebody changed, checksums included", () => {
  it("ends with 4, and shows the place, the input and both events", async () => {
    const { place, commits } = await recorded();
    const { position, events } = commitThat(commits, "step.started", "b");
    editCommit(place, position, otherDeadline, "fits");
    // Everyone else believes the journal.
    expect((await place.run(["events", "r1"])).code).toBe(0);
    const { code, stdout, stderr } = await place.run(["verify", "r1"]);
    expect({ code, stderr }).toEqual({ code: 4, stderr: "" });
    const index = events.findIndex(({ type }) => type === "step.started");
    const before = position - events.length;
    const [head, input, expected, actual, rest] = stdout.trimEnd().split("\n");
    expect(head).toMatch(
      new RegExp(
        `^Run r1: not as recorded at position ${before + index + 1}, \\d{4}-.*Z\\. Event ${index + 1} of the commit differs\\.$`,
      ),
    );
    expect(input).toMatch(/^ {2}input {5}\{"type":"step\.succeed",/);
    expect(expected).toMatch(/^ {2}expected {2}\{"type":"step\.started","step":"b",.*"deadlineAt":1234\}$/);
    expect(actual).toMatch(/^ {2}actual {4}\{"type":"step\.started","step":"b",.*"deadlineAt":\d{10,}\}$/);
    expect(rest).toContain(`up to position ${before}`);
    const json = await place.run(["verify", "r1", "--json"]);
    expect(json.code).toBe(4);
    expect(jsonLines(json.stdout)).toMatchObject([
      {
        verified: {
          run: "r1",
          ok: false,
          divergence: {
            position: before,
            index,
            input: { type: "step.succeed", step: "a" },
            expected: { type: "step.started", step: "b", deadlineAt: 1234 },
            actual: { type: "step.started", step: "b" },
          },
        },
      },
    ]);
  });

  it("says where the journal has an event that is not decided", async () => {
    const { place, commits } = await recorded();
    const { position } = commitThat(commits, "step.started", "b");
    const again = (body: string): string =>
      body.replace(/"type":"step\.succeed","step":"a","attempt":1/, '"type":"step.succeed","step":"a","attempt":7');
    editCommit(place, position, again, "fits");
    const { code, stdout } = await place.run(["verify", "r1"]);
    expect(code).toBe(4);
    expect(stdout).toContain("The input is refused today");
    expect(stdout).toContain("  actual    (no event)\n");
  });

  it("cuts long texts around what differs, and says how much is left out", async () => {
    const many = Array.from({ length: 200 }, (_, index) => ({ id: `step-${index}`, shell: `: ${index}` }));
    const { place, commits } = await recorded(many);
    const [first] = commits;
    editCommit(place, first!.position, (body) => body.replace('"epoch":1', '"epoch":12'), "fits");
    const { code, stdout } = await place.run(["verify", "r1"]);
    expect(code).toBe(4);
    const lines = stdout.split("\n");
    for (const line of lines) expect(line.length).toBeLessThan(800);
    expect(lines[1]).toMatch(/ … \d+ more characters$/);
    expect(lines[2]).toMatch(/^ {2}expected {2}… \d+ characters … .*"epoch":12,/);
    expect(lines[3]).toMatch(/^ {2}actual {4}… \d+ characters … .*"epoch":1,/);
  });

  it("is found among all runs", async () => {
    const { place, commits } = await recorded();
    editCommit(place, commitThat(commits, "step.started", "b").position, otherDeadline, "fits");
    await place.run(["run", place.path("small.json"), "--id", "r2"]);
    const { code, stdout } = await place.run(["verify", "--all", "--json"]);
    expect(code).toBe(4);
    expect(jsonLines(stdout)).toMatchObject([
      { verified: { run: "r1", ok: false } },
      { verified: { run: "r2", ok: true } },
    ]);
  });
});

describe("verify of a run with a damaged commit", () => {
  it("holds for what stands before it, and ends with 1", async () => {
    const { place, commits } = await recorded();
    const end = commits.at(-2)?.position;
    editCommit(place, commits.at(-1)!.position, (body) => `${body} `, "is left");
    const { code, stdout, stderr } = await place.run(["verify", "r1"]);
    expect(code).toBe(1);
    expect(stdout).toContain(`, ${end} events decided again, all as recorded.`);
    expect(stderr).toContain(`Everything up to position ${end} can be read, and was verified.`);
    for (const args of [
      ["verify", "r1"],
      ["verify", "--all"],
    ]) {
      const lines = jsonLines((await place.run([...args, "--json"])).stdout);
      expect(lines).toMatchObject([
        { verified: { run: "r1", ok: true, isDamaged: true } },
        { error: { code: "journal.corrupt" } },
      ]);
    }
    // What is decided otherwise before the damage is worse than the damage.
    editCommit(place, commitThat(commits, "step.started", "a").position, otherDeadline, "fits");
    expect((await place.run(["verify", "r1"])).code).toBe(4);
  });
});

describe("verify of nothing", () => {
  it("needs a run that is there, or all", async () => {
    const { place } = await recorded();
    for (const args of [["verify"], ["verify", "r1", "--all"], ["verify", "r2"], ["verify", "a/b"]]) {
      const { code, stdout } = await place.run(args);
      expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: "" });
    }
    await place.run(["cleanup", "r1"]);
    expect(await place.run(["verify", "--all"])).toMatchObject({ code: 0, stdout: "" });
  });
});
