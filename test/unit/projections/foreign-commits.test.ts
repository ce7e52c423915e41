import { describe, expect, test } from "vitest";
import { replay, stateAt, verify, type Commit } from "runfold";
import { commitSchema } from "../../../src/domain/commit.ts";
import { smallRun } from "../../support/archived-run.ts";

const commits = smallRun();
const head = commits.at(-1)!.position;

/** What anyone may hand over who has no types. */
function foreign(commit: object | null, change: object = {}): Commit {
  return (commit === null ? null : { ...commit, ...change }) as Commit;
}

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return "nothing";
}

function corrupt(says: RegExp, position: number): object {
  return { code: "journal.corrupt", message: expect.stringMatching(says), details: { position } };
}

function withEvent(index: number, change: object): readonly Commit[] {
  const commit = commits[index]!;
  const last = { ...commit.events.at(-1)!, ...change };
  return commits.with(index, foreign(commit, { events: [...commit.events.slice(0, -1), last] }));
}

describe("a position that is none", () => {
  test("is told what a position is", () => {
    for (const [given, shown] of [
      [1.5, "1.5"],
      [0, "0"],
      ["3", '"3"'],
      [undefined, "undefined"],
      [Number.NaN, "NaN"],
    ]) {
      expect(thrownBy(() => stateAt(commits, given as number))).toMatchObject({
        code: "position.invalid",
        message: `A position is a whole number from 1 on, not ${shown}. [position.invalid]`,
      });
    }
  });

  test("and one beyond the end is told how far the journal goes", () => {
    expect(thrownBy(() => stateAt(commits, head + 1))).toMatchObject({
      message: `The run has no position ${head + 1}: its journal goes from 1 to ${head}. [position.invalid]`,
    });
    expect(thrownBy(() => stateAt([], 1))).toMatchObject({ message: expect.stringContaining("its journal is empty") });
  });
});

describe("commits that are no journal of one run", () => {
  const [first, second, third] = commits as [Commit, Commit, Commit];
  const { type: _type, ...noType } = second.events[0]!;
  const cases: Readonly<Record<string, readonly [readonly Commit[], RegExp, number]>> = {
    "in the wrong order": [
      [first, third, second],
      /do not follow one another, the next one begins after/,
      first.position,
    ],
    "from the middle on": [commits.slice(1), /do not follow one another/, 0],
    "one of them twice": [[first, second, second], /do not follow one another/, second.position],
    "begun with another event": [[foreign(second, { position: second.events.length })], /begins with run\.started/, 0],
    "with a second start": [
      [first, foreign(first, { position: first.position + first.events.length })],
      /has started already/,
      first.position,
    ],
    "with a step that there is not": [
      withEvent(1, { step: "nowhere" }),
      /cannot follow those before it/,
      second.position - 1,
    ],
    "with an event of an unknown type": [
      withEvent(1, { type: "step.danced" }),
      /unknown type, "step\.danced"/,
      first.position,
    ],
    "with an event without a type": [
      [first, foreign(second, { events: [noType], position: first.position + 1 })],
      /has no type/,
      first.position,
    ],
    "with a graph that is none": [
      [foreign(first, { events: [{ ...first.events[0]!, graph: {} }], position: 1 })],
      /cannot follow those before it/,
      0,
    ],
    "without a version": [
      [foreign(first, { schema: undefined })],
      /schema is a whole number from 1 on, not undefined/,
      0,
    ],
    "of version 0": [[foreign(first, { schema: 0 })], /not 0/, 0],
    empty: [[foreign({})], /it has no position/, 0],
    nothing: [[foreign(null)], /it is no object/, 0],
    "without events": [[first, foreign(second, { events: [] })], /it has no events/, first.position],
    "without a time": [[foreign(first, { at: "now" })], /it has no time/, 0],
  };

  test.each(Object.entries(cases))("%s: it is said where, and what is wrong", (_name, [given, says, position]) => {
    expect(thrownBy(() => [...replay(given)])).toMatchObject(corrupt(says, position));
    expect(thrownBy(() => stateAt(given, head))).toMatchObject(corrupt(says, position));
  });

  test("the error underneath is kept", () => {
    const error = thrownBy(() => [...replay(withEvent(1, { step: "nowhere" }))]);
    expect(error).toMatchObject({ cause: { code: "invariant.broken" } });
  });

  test("what stands before is given", () => {
    const seen: number[] = [];
    expect(
      thrownBy(() => {
        for (const { position } of replay([first, third])) seen.push(position);
      }),
    ).toMatchObject({ code: "journal.corrupt" });
    expect(seen.at(-1)).toBe(first.position);
    expect(stateAt([first, third], first.position).position).toBe(first.position);
  });

  test("an error of whoever reads the frames stays theirs", () => {
    const mine = new Error("Mine.");
    expect(
      thrownBy(() => {
        for (const _ of replay(commits)) throw mine;
      }),
    ).toBe(mine);
  });
});

describe("a commit of a later version", () => {
  test("is refused as by a journal, whoever reads it", () => {
    const given = commits.with(1, foreign(commits[1]!, { schema: commitSchema + 1 }));
    const newer = { code: "journal.newer", details: { version: commitSchema + 1, known: commitSchema } };
    for (const act of [() => verify(given), () => [...replay(given)], () => stateAt(given, head)]) {
      expect(thrownBy(act)).toMatchObject(newer);
    }
    expect(stateAt(given, commits[0]!.position).status).toBe("running");
  });
});

describe("a verification", () => {
  test.each([[undefined], [0], [-1], [1.5], ["2"], [null], [Number.NaN]])("finds a commit of version %s", (schema) => {
    const verification = verify(commits.with(1, foreign(commits[1]!, { schema })));
    expect(verification).toMatchObject({
      ok: false,
      commits: 1,
      divergence: {
        position: commits[0]!.position,
        message: expect.stringMatching(
          /does not say which version decided it: its schema is a whole number from 1 on, not /,
        ),
      },
    });
  });

  test("refuses what is no commit", () => {
    expect(thrownBy(() => verify([foreign({})]))).toMatchObject(corrupt(/it has no position/, 0));
    expect(thrownBy(() => verify([commits[0]!, foreign(null)]))).toMatchObject(
      corrupt(/it is no object/, commits[0]!.position),
    );
  });
});
