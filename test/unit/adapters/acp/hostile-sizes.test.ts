import { describe, expect, it } from "vitest";
import { RareDiagnostics } from "../../../../src/adapters/executors/acp/rare-diagnostics.ts";
import { ToolCalls } from "../../../../src/adapters/executors/acp/tool-calls.ts";
import { TurnText } from "../../../../src/adapters/executors/acp/turn-text.ts";
import { limits } from "../../../../src/domain/limits.ts";
import type { ToolReport } from "../../../../src/ports/executor.ts";

const long = "x".repeat(1_000_000);

describe("an agent that says megabytes where a word was expected", () => {
  it("has its calls told apart by ids that are short, and nothing long kept of them", () => {
    const reports: ToolReport[] = [];
    const calls = new ToolCalls((report) => reports.push(report));
    for (const id of ["1", "2"]) calls.update({ toolCallId: `${long}${id}`, title: long, kind: long, name: long });
    calls.update({ toolCallId: `${long}2`, status: "completed" });
    calls.update({ toolCallId: `${long}1`, status: "failed" });
    expect(reports.map(({ phase, isError }) => [phase, isError])).toEqual([
      ["started", undefined],
      ["started", undefined],
      ["ended", false],
      ["ended", true],
    ]);
    const [first, second] = reports.map(({ call }) => call);
    expect(first).not.toBe(second);
    expect(reports.slice(2).map(({ call }) => call)).toEqual([second, first]);
    for (const { tool, call = "" } of reports) expect(Math.max(tool.length, call.length)).toBeLessThanOrEqual(128);
    const { kind, title } = calls.about(`${long}1`);
    expect(kind.length).toBeLessThanOrEqual(limits.toolNameCharsMax);
    expect(title.length).toBeLessThanOrEqual(4 * limits.agentToolSummaryCharsMax);
  });

  it("has its messages told apart by all of their names", () => {
    const streams: string[] = [];
    const text = new TurnText((stream) => streams.push(stream));
    text.beginTurn();
    for (const id of ["1", "2", "1"]) text.add({ text: id, messageId: `${long}${id}` });
    expect(streams).toEqual(["assistant-1", "assistant-2", "assistant-1"]);
    expect(text.final).toBe("11");
  });

  it("has its oldest messages forgotten where there are too many of them, though none says anything", () => {
    const streams: string[] = [];
    const text = new TurnText((stream) => streams.push(stream));
    text.beginTurn();
    for (let n = 0; n <= limits.acpMessagesMax; n++) text.add({ text: "", messageId: `m${n}` });
    text.add({ text: "on", messageId: "m1" });
    text.add({ text: "anew", messageId: "m0" });
    expect(streams.slice(-2)).toEqual(["assistant-2", `assistant-${limits.acpMessagesMax + 2}`]);
    expect(text.final).toBe("anew");
  });

  it("is diagnosed in short", () => {
    const told: string[] = [];
    const diagnostics = new RareDiagnostics({ diagnostic: (_code, _severity, message) => told.push(message) });
    diagnostics.tell("acp-stray-record", "warning", long);
    expect(told[0]?.length).toBe(limits.failureMessageCharsMax);
  });
});
