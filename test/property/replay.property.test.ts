import * as fc from "fast-check";
import { expect, test } from "vitest";
import { replay, stateAt, verify } from "runfold";
import type { Commit, Event } from "runfold";
import { commitStart } from "../../src/domain/commit.ts";
import { RunView } from "../../src/projections/run-view.ts";
import { record, reread } from "../support/record-run.ts";
import { scenarios } from "../support/run-arbitrary.ts";

test("deciding a journal's inputs again gives its very events, through JSON and back", () => {
  fc.assert(
    fc.property(scenarios(), (scenario) => {
      const { commits } = record(scenario);
      const position = commits.at(-1)!.position;
      expect(verify(commits)).toEqual({ ok: true, commits: commits.length, position });
      expect(verify(reread(commits))).toEqual({ ok: true, commits: commits.length, position });
    }),
  );
});

test("a frame is the live view right after its event, and stays so while others are made", () => {
  fc.assert(
    fc.property(scenarios({ stepsMax: 20 }), fc.nat(), (scenario, number) => {
      const { commits } = record(scenario);
      const view = new RunView();
      const expected = commits.flatMap(({ events, at }) =>
        events.map((event) => {
          view.apply(event, at);
          return JSON.stringify(view.snapshot());
        }),
      );
      const frames = [...replay(commits)];
      expect(frames.map(({ position }) => position)).toEqual(frames.map((_frame, index) => index + 1));
      expect(frames.map(({ state }) => JSON.stringify(state))).toEqual(expected);
      const position = 1 + (number % frames.length);
      expect(JSON.stringify(stateAt(commits, position))).toBe(expected[position - 1]);
    }),
    { numRuns: 50 },
  );
});

test("an event that was changed, lost, added or moved is found where it stands", () => {
  fc.assert(
    fc.property(
      scenarios({ stepsMax: 20 }),
      fc.nat(),
      fc.constantFrom("change", "lose", "add", "swap"),
      (scenario, place, how) => {
        const commits = reread(record(scenario).commits);
        const index = place % commits.length;
        const forged = commits.with(index, forge(commits[index]!, how));
        fc.pre(JSON.stringify(forged) !== JSON.stringify(commits));
        const found = verify(forged);
        // A commit that became longer or shorter is found at the latest where the next one should follow.
        expect(found.ok).toBe(false);
        if (found.ok) return;
        expect(found.divergence.position).toBe(commitStart(forged[index]!));
        expect(found.commits).toBe(index);
        expect(found.divergence.input).toEqual(forged[index]!.input);
      },
    ),
  );
});

test("a commit that is missing is found at the next one", () => {
  fc.assert(
    fc.property(scenarios({ stepsMax: 20 }), fc.nat(), (scenario, place) => {
      const { commits } = record(scenario);
      fc.pre(commits.length > 1);
      const index = place % (commits.length - 1);
      const found = verify(commits.toSpliced(index, 1));
      expect(found).toMatchObject({ ok: false, commits: index });
    }),
  );
});

/** The same commit with other events; its position fits their number. */
function forge(commit: Commit, how: "change" | "lose" | "add" | "swap"): Commit {
  const events = forgedEvents(commit.events, how);
  return { ...commit, position: commitStart(commit) + events.length, events };
}

function forgedEvents(events: readonly Event[], how: "change" | "lose" | "add" | "swap"): readonly Event[] {
  const last = events.at(-1)!;
  if (how === "change") return [...events.slice(0, -1), { ...last, forged: true } as unknown as Event];
  if (how === "add") return [...events, last];
  if (how === "swap") return events.length > 1 ? [...events.slice(1), events[0]!] : events;
  return events.length > 1 ? events.slice(0, -1) : events;
}
