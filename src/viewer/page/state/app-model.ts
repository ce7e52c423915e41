import { effect, signal } from "@preact/signals";
import { limits } from "../../../domain/limits.ts";
import { isRunId, type RunId } from "../../../domain/ids.ts";
import type { RecordedRun, RunsMessage } from "../../protocol.ts";
import { Feed, type FeedState } from "../source/feed.ts";
import { liveSession, recordedSession, type RunSession } from "./run-session.ts";

export type Theme = "system" | "light" | "dark";

/** The whole page: the list of runs, or one of them. */
export class AppModel {
  readonly recorded: RecordedRun | undefined;
  readonly session = signal<RunSession | undefined>(undefined);
  readonly runs = signal<RunsMessage | undefined>(undefined);
  readonly runsState = signal<FeedState>("connecting");
  readonly runsLimit = signal<number>(limits.viewerRunsDefault);
  readonly search = signal("");
  readonly theme = signal<Theme>("system");
  #runsFeed: Feed | undefined;

  constructor(recorded: RecordedRun | undefined) {
    this.recorded = recorded;
  }

  start(): void {
    effect(() => this.#paint(this.theme.value));
    if (this.recorded !== undefined) {
      this.session.value = recordedSession(this.recorded);
      return;
    }
    addEventListener("hashchange", () => this.#route());
    this.#route();
  }

  moreRuns(): void {
    this.runsLimit.value = Math.min(this.runsLimit.value * 2, limits.viewerRunsMax);
    this.#closeRuns();
    this.#openRuns();
  }

  /** The order of the button: what the system says, then light, then dark. */
  nextTheme(): void {
    const order: Readonly<Record<Theme, Theme>> = { system: "light", light: "dark", dark: "system" };
    this.theme.value = order[this.theme.value];
  }

  #route(): void {
    const id = runIn(location.hash);
    this.session.peek()?.close();
    this.session.value = id === undefined ? undefined : liveSession(id);
    if (id !== undefined && this.runs.peek() !== undefined) this.#closeRuns();
    else if (this.#runsFeed === undefined) this.#openRuns();
  }

  /** While a run is shown the list is only asked once, for browsers have few connections. */
  #openRuns(): void {
    this.#runsFeed = new Feed({
      address: () => `./runs?limit=${this.runsLimit.peek()}`,
      on: {
        runs: (data) => {
          this.runs.value = data as RunsMessage;
          if (this.session.peek() !== undefined) this.#closeRuns();
        },
      },
      onState: (state) => (this.runsState.value = state),
    });
  }

  #closeRuns(): void {
    const feed = this.#runsFeed;
    this.#runsFeed = undefined;
    feed?.close();
  }

  #paint(theme: Theme): void {
    if (theme === "system") document.documentElement.removeAttribute("data-theme");
    else document.documentElement.setAttribute("data-theme", theme);
  }
}

function runIn(hash: string): RunId | undefined {
  const id = hash.replace(/^#/, "");
  return isRunId(id) ? id : undefined;
}
