import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Event } from "../../src/domain/events.ts";
import { decide, isRefusal } from "../../src/machines/decide.ts";
import { MessageBook } from "../../src/projections/messages.ts";
import { initialState, isLive, phaseOf } from "../../src/machines/run-state.ts";
import type { RunState } from "../../src/machines/run-state.ts";
import type { StepPhase } from "../../src/machines/step-machine.ts";
import { mustBe } from "../support/must-be.ts";
import type { Scenario } from "../support/run-arbitrary.ts";
import { scenarios } from "../support/run-arbitrary.ts";
import { simulate } from "../support/simulate.ts";
import type { ToldNotice } from "./notice-oracle.ts";
import { Oracle } from "./oracle.ts";
import type { OracleStatus } from "./oracle.ts";

const numRuns = 1_000;

test("the kernel takes and refuses the same inputs as the oracle, and leaves every step as the oracle does", () => {
  fc.assert(
    fc.property(scenarios(), (scenario) => {
      const state = initialState();
      const oracle = new Oracle(scenario.graph);
      const starts: string[] = [];
      const book = new MessageBook();
      const notices: ToldNotice[] = [];
      simulate(scenario, (input, at) => {
        const decision = decide(state, input, at);
        const isAccepted = oracle.accepts(input, at);
        const events = isRefusal(decision) ? [] : decision;
        const where = (): string => `${JSON.stringify(input)} at ${at}`;
        if (isAccepted === isRefusal(decision)) {
          throw new Error(`${where()}: the oracle ${isAccepted ? "takes" : "refuses"} it, the kernel does not`);
        }
        for (const event of events) note(event, starts, oracle);
        for (const event of events) book.apply(event);
        for (const event of events) if (event.type === "notice.queued") notices.push(toldBy(event));
        const difference = differenceOf(state, oracle, scenario);
        if (difference !== undefined) throw new Error(`after ${where()}: ${difference}`);
        const told = Array.from(oracle.told.messages, ({ step, key, status }) => ({ step, key, status }));
        const kept = book.list().map(({ step, key, status }) => ({ step, key, status }));
        mustBe(JSON.stringify(notices), JSON.stringify(oracle.noticed.told), `after ${where()}, the notices`);
        mustBe(JSON.stringify(kept), JSON.stringify(told), `after ${where()}, the messages`);
        return events;
      });
      expect(oracle.end, "every scenario comes to an end").toBeDefined();
      expect(starts, "attempts in the order of their starts").toEqual(oracle.starts);
    }),
    { numRuns },
  );
});

function toldBy({ notice, isTerminal, reasons, omittedReasons = 0 }: NoticeEvent): ToldNotice {
  return { notice, isTerminal, reasons: reasons.toSorted(), omitted: omittedReasons };
}

type NoticeEvent = Extract<Event, { type: "notice.queued" }>;

function note(event: Event, starts: string[], oracle: Oracle): void {
  if (event.type === "step.started") starts.push(`${event.step}#${event.attempt}`);
  if (event.type === "step.retryScheduled") {
    mustBe(event.retryAt, oracle.retries.get(`${event.step}#${event.attempt}`), "when a retry comes");
  }
}

function differenceOf(state: RunState, oracle: Oracle, { graph }: Scenario): string | undefined {
  const end = isLive(state) ? undefined : state.endedAs;
  if (end !== oracle.end) return `the kernel's run is ${end ?? "live"}, the oracle's ${oracle.end ?? "live"}`;
  for (const [number, { id }] of graph.steps.entries()) {
    const status = statusOf[phaseOf(state, number)];
    const expected = oracle.statuses.get(id);
    if (status !== expected) return `the kernel's ${id} is ${status}, the oracle's ${expected}`;
    const attempts = oracle.attempts.get(id);
    if (state.attempts[number] !== attempts) {
      return `the kernel's ${id} is at attempt ${state.attempts[number]}, the oracle's at ${attempts}`;
    }
  }
  return undefined;
}

/** What people see of a step in each phase. */
const statusOf: Readonly<Record<StepPhase, OracleStatus>> = {
  pending: "pending",
  waiting: "pending",
  interrupted: "pending",
  running: "running",
  canceling: "running",
  timingOut: "running",
  succeeded: "succeeded",
  failed: "failed",
  blocked: "blocked",
  timedOut: "timedOut",
  canceled: "canceled",
};
