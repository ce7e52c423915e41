import type { Notice, Runtime } from "../index.ts";
import { limits } from "../domain/limits.ts";
import { formatResult } from "./format-result.ts";
import { runRows } from "./found-run.ts";
import { knownOutputs, teamOutput } from "./step-texts.ts";
import { teamCursor } from "./team-cursor.ts";
import { teamDetails } from "./team-details.ts";
import { type TeamDiagnostic, warning } from "./team-diagnostic.ts";
import { ownerIn, ownerOf, type Session } from "./team-runs.ts";
import type { TeamNotice, ToolParts } from "./tool-host.ts";

interface Listener {
  readonly session: Session;
  isOpen: boolean;
  readonly failed: TeamDiagnostic[];
  omitted: number;
}

/**
 * Tells the host of what runs find worth a notice. A session gets the notices of its own runs as long as it is open: from its first call
 * until it is shut down, and again from its next call. What could not be told is said with the session's next result.
 */
export class TeamNotices {
  readonly #parts: ToolParts;
  /** By whose runs they hear of, those that called longest ago first. */
  readonly #listeners = new Map<string, Listener>();
  /** Notices are described one after the other, so that the host is told of them in the order in which they came up. */
  #telling: Promise<void> = Promise.resolve();
  readonly #subscription: ReturnType<Runtime["notices"]["all$"]["subscribe"]> | undefined;

  constructor(parts: ToolParts) {
    this.#parts = parts;
    if (parts.host.notify === undefined) return;
    this.#subscription = parts.runtime.notices.all$.subscribe((notice) => {
      this.#telling = this.#telling.then(() => this.#tell(notice));
    });
  }

  open(session: Session): void {
    const owner = ownerOf(session);
    const listener = this.#listeners.get(owner) ?? { session, isOpen: true, failed: [], omitted: 0 };
    listener.isOpen = true;
    this.#listeners.delete(owner);
    this.#listeners.set(owner, listener);
    if (this.#listeners.size > limits.toolSessionsMax) this.#forgetOne();
  }

  close(session: Session): void {
    const listener = this.#listeners.get(ownerOf(session));
    if (listener !== undefined) listener.isOpen = false;
  }

  isOpen(session: Session): boolean {
    return this.#listeners.get(ownerOf(session))?.isOpen === true;
  }

  /** What the session was not told, once. */
  takeFailures(session: Session): readonly TeamDiagnostic[] {
    const listener = this.#listeners.get(ownerOf(session));
    if (listener === undefined || listener.failed.length === 0) return [];
    const failures = listener.failed.splice(0);
    const rest = listener.omitted;
    listener.omitted = 0;
    return rest === 0 ? failures : [...failures, warning("run-notices-omitted", `${rest} more were not told.`)];
  }

  end(): void {
    this.#subscription?.unsubscribe();
  }

  /** Whoever was closed, or else has called, longest ago; it may come back, and is then told of nothing that it missed. */
  #forgetOne(): void {
    const closed = [...this.#listeners].find(([, { isOpen }]) => !isOpen);
    const [owner] = closed ?? [...this.#listeners][0]!;
    this.#listeners.delete(owner);
  }

  async #tell(notice: Notice): Promise<void> {
    const owner = ownerIn(notice.name);
    const listener = owner === undefined ? undefined : this.#listeners.get(owner);
    if (listener === undefined) return;
    const failed = (thrown: unknown): void =>
      this.#failed(listener, notice, thrown instanceof Error ? thrown.message : String(thrown));
    try {
      const described = listener.isOpen ? await this.#describe(notice, listener.session) : undefined;
      if (!listener.isOpen) return failed("its session was closed");
      if (described === undefined) return failed("the run had been cleaned up");
      const answer: unknown = this.#parts.host.notify!(described);
      // One that is taken slowly keeps no other waiting.
      Promise.resolve(answer).then((said) => (typeof said === "string" ? failed(said) : undefined), failed);
    } catch (thrown) {
      failed(thrown);
    }
  }

  #failed(listener: Listener, { run, notice, reasons }: Notice, why: string): void {
    if (listener.failed.length >= limits.toolFailedNoticesMax) {
      listener.omitted++;
      return;
    }
    const message = `Notice ${notice} of run ${run} (${reasons.slice(0, 5).join(", ")}) was not told: ${why}`;
    listener.failed.push(warning("run-notice-callback-failed", message));
  }

  /** A status of the run as it is by now, without texts. Undefined where it was cleaned up meanwhile. */
  async #describe(notice: Notice, session: Session): Promise<TeamNotice | undefined> {
    const run = await this.#parts.runs.find(session, notice.run);
    if (run === undefined) return undefined;
    const snapshot = run.snapshot();
    const record = this.#parts.recordOf(run.id, snapshot.life);
    const rows = await runRows(snapshot, { run, record });
    const known = await knownOutputs(run, snapshot, record);
    const sinks = snapshot.sinks.filter((id) => known.has(id));
    const details = teamDetails({
      action: "run_status",
      ...rows,
      cursor: teamCursor(snapshot, { wait: snapshot.position, ...record.page }),
      outputs: sinks.map((id) => teamOutput({ step: snapshot.steps.get(id)!, ...known.get(id)! })),
      notice: {
        runId: run.id,
        mode: notice.mode,
        terminal: notice.isTerminal,
        reasons: notice.reasons,
        noticeCount: notice.notice,
        noticeLimitReached: notice.isLast,
        key: notice.key,
      },
    });
    return { session, details, text: formatResult(details) };
  }
}
