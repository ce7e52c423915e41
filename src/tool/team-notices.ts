import type { Notice, Runtime } from "../index.ts";
import { limits } from "../domain/limits.ts";
import { formatResult } from "./format-result.ts";
import { runRows } from "./found-run.ts";
import { knownOutputs, teamOutput } from "./step-texts.ts";
import { teamCursor } from "./team-cursor.ts";
import { teamDetails } from "./team-details.ts";
import { type TeamDiagnostic, warning } from "./team-diagnostic.ts";
import type { Session } from "./team-runs.ts";
import type { TeamNotice, ToolParts } from "./tool-host.ts";

interface Listener {
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
  readonly #sessions = new Map<Session, Listener>();
  readonly #subscription: ReturnType<Runtime["notices"]["all$"]["subscribe"]> | undefined;

  constructor(parts: ToolParts) {
    this.#parts = parts;
    if (parts.host.notify === undefined) return;
    this.#subscription = parts.runtime.notices.all$.subscribe((notice) => void this.#tell(notice));
  }

  open(session: Session): void {
    const listener = this.#sessions.get(session);
    if (listener !== undefined) {
      listener.isOpen = true;
      return;
    }
    this.#sessions.set(session, { isOpen: true, failed: [], omitted: 0 });
    if (this.#sessions.size <= limits.toolSessionsMax) return;
    // Whoever was closed longest ago may still come back, and is then told of nothing that it missed.
    for (const [known, { isOpen }] of this.#sessions) {
      if (!isOpen) return void this.#sessions.delete(known);
    }
  }

  close(session: Session): void {
    const listener = this.#sessions.get(session);
    if (listener !== undefined) listener.isOpen = false;
  }

  /** What the session was not told, once. */
  takeFailures(session: Session): readonly TeamDiagnostic[] {
    const listener = this.#sessions.get(session);
    if (listener === undefined || listener.failed.length === 0) return [];
    const failures = listener.failed.splice(0);
    const rest = listener.omitted;
    listener.omitted = 0;
    return rest === 0 ? failures : [...failures, warning("run-notices-omitted", `${rest} more were not told.`)];
  }

  end(): void {
    this.#subscription?.unsubscribe();
  }

  async #tell(notice: Notice): Promise<void> {
    const owner = [...this.#sessions].find(([session]) => this.#parts.runs.isOf(session, notice.name));
    if (owner === undefined) return;
    const [session, listener] = owner;
    try {
      if (!listener.isOpen) return this.#failed(listener, notice, "its session was closed");
      const described = await this.#describe(notice, session);
      const answer: unknown = described === undefined ? undefined : await this.#parts.host.notify!(described);
      if (typeof answer === "string") this.#failed(listener, notice, answer);
    } catch (thrown) {
      this.#failed(listener, notice, thrown instanceof Error ? thrown.message : String(thrown));
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
