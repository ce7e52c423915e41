import { commitStart } from "../domain/commit.ts";
import type { Commit } from "../domain/commit.ts";
import type { Event } from "../domain/events.ts";
import type { EpochMs, Position } from "../domain/ids.ts";
import type { Input } from "../domain/inputs.ts";
import { decide, isRefusal } from "../machines/decide.ts";
import { initialState } from "../machines/run-state.ts";
import { upcast } from "../machines/upcast.ts";
import { isSchema, refuseNewer, refuseShapeless, schemaProblem } from "./foreign-commit.ts";

/** The first place at which the machines decide otherwise than the journal says. */
export interface Divergence {
  /** The run's position before the commit. */
  readonly position: Position;
  readonly at: EpochMs;
  /** The version that wrote the commit; it was decided again by that version's rules. */
  readonly schema: number;
  readonly input: Input;
  /** The recorded events. */
  readonly expected: readonly Event[];
  /** What today's machines decide; empty where they refuse the input. */
  readonly actual: readonly Event[];
  /** The first event that differs, counted from 0: the length of the shorter list where one only goes on longer. */
  readonly index: number;
  /** What is wrong, in words. */
  readonly message: string;
}

export type Verification =
  | { readonly ok: true; readonly commits: number; readonly position: Position }
  | { readonly ok: false; readonly commits: number; readonly divergence: Divergence };

/**
 * Decides a journal's inputs again, one commit after the other, and compares the events byte by byte, as JSON. Holds one state, no
 * commits. After a divergence it cannot go on: its state is no longer that of the journal.
 */
export class Verifier {
  readonly #state = initialState();
  #commits = 0;
  #divergence: Divergence | undefined;

  get verification(): Verification {
    const commits = this.#commits;
    if (this.#divergence !== undefined) return { ok: false, commits, divergence: this.#divergence };
    return { ok: true, commits, position: this.#state.position };
  }

  /** The run's position so far. */
  get position(): Position {
    return this.#state.position;
  }

  /**
   * The divergence that this commit, or one before it, shows; undefined as long as everything agrees.
   * @throws `journal.newer` for a commit of a later version, `journal.corrupt` for what has not the fields of a commit.
   */
  check(recorded: Commit): Divergence | undefined {
    if (this.#divergence !== undefined) return this.#divergence;
    this.#divergence = this.#compare(recorded);
    if (this.#divergence === undefined) this.#commits++;
    return this.#divergence;
  }

  #compare(recorded: Commit): Divergence | undefined {
    const { position } = this.#state;
    refuseShapeless(recorded, position);
    refuseNewer(recorded, position);
    const start = commitStart(recorded);
    const { at, schema } = recorded;
    const undecidable = (message: string): Divergence => {
      return { position, at, schema, input: recorded.input, expected: recorded.events, actual: [], index: 0, message };
    };
    if (!isSchema(schema)) {
      return undecidable(`The commit does not say which version decided it: ${schemaProblem(schema)}.`);
    }
    if (start !== position) {
      return undecidable(`The commit follows position ${start}, but the one before it ends at ${position}.`);
    }
    let expected = recorded.events;
    let actual: readonly Event[] = [];
    let refused: string | undefined;
    try {
      const { input, events } = upcast(recorded);
      expected = events;
      const decision = decide(this.#state, input, at, schema);
      if (isRefusal(decision)) refused = `The input is refused today: ${decision.message}`;
      else actual = decision;
    } catch (error) {
      refused = `The input cannot be decided today: ${error instanceof Error ? error.message : String(error)}`;
    }
    const index = firstDifference(expected, actual);
    if (refused === undefined && index === undefined) return undefined;
    const message = refused ?? `Event ${(index ?? 0) + 1} of the commit differs.`;
    return { position, at, schema, input: recorded.input, expected, actual, index: index ?? 0, message };
  }
}

/**
 * Whether today's machines, by the rules of the version that wrote each commit, decide exactly what the journal says.
 * @throws `journal.newer` for a commit of a later version, as reading a journal does; `journal.corrupt` for what has not the fields
 * of a commit.
 */
export function verify(commits: Iterable<Commit>): Verification {
  const verifier = new Verifier();
  for (const commit of commits) if (verifier.check(commit) !== undefined) break;
  return verifier.verification;
}

function firstDifference(expected: readonly Event[], actual: readonly Event[]): number | undefined {
  const length = Math.max(expected.length, actual.length);
  for (let index = 0; index < length; index++) {
    if (JSON.stringify(expected[index]) !== JSON.stringify(actual[index])) return index;
  }
  return undefined;
}
