import { describe, expect, it } from "vitest";
import type { AcpDecision, AcpPermissionRequest } from "../../../../src/adapters/executors/acp/permission-policy.ts";
import { acpOrder, readOnlyProfile } from "../../../support/acp/acp-order.ts";
import { allOptions, talk } from "../../../support/acp/played-agent.ts";

const selected = (optionId: string): object => ({ result: { outcome: { outcome: "selected", optionId } } });
const cancelled = { result: { outcome: { outcome: "cancelled" } } };

describe("what an agent asks for permission", () => {
  const kinds = ["read", "search", "think", "edit", "delete", "move", "execute", "fetch", "switch_mode", "other"];

  it.each([
    ["no more than reading tools", [], ["read", "search", "think"]],
    ["edit", ["edit"], ["read", "search", "think", "edit", "delete", "move"]],
    ["write", ["write"], ["read", "search", "think", "edit", "delete", "move"]],
    ["bash", ["bash"], ["read", "search", "think", "execute", "fetch"]],
  ])("is by default what a step with %s may do", async (_, tools, allowed) => {
    const order = acpOrder({ profile: { ...readOnlyProfile, tools: [...readOnlyProfile.tools, ...tools] } });
    const { child, settle } = await talk(order);
    for (const kind of kinds) child.asksPermission(kind, { toolCallId: kind, kind, title: kind });
    await settle();
    const answered = kinds.filter((kind) => JSON.stringify(child.answerTo(kind)).includes('"reject_once"'));
    expect(answered).toEqual(allowed);
    for (const kind of kinds) {
      expect(child.answerTo(kind)).toMatchObject(selected(allowed.includes(kind) ? "reject_once" : "allow_once"));
    }
  });

  it.each<[AcpDecision, object]>([
    ["allow_always", selected("a")],
    ["allow_once", selected("reject_once")],
    ["reject_once", selected("allow_once")],
    ["reject_always", selected("d")],
    ["cancelled", cancelled],
  ])("is answered by the kind of an option, not by its id: %s", async (decision, answer) => {
    const { child, settle } = await talk(acpOrder(), { permissions: () => decision });
    child.asksPermission(5, { toolCallId: "t1" });
    await settle();
    expect(child.answerTo(5)).toMatchObject(answer);
  });

  it("is cancelled where the answer is not offered, and that is told", async () => {
    const order = acpOrder();
    const { child, settle } = await talk(order, { permissions: () => Promise.resolve<AcpDecision>("allow_once") });
    child.asksPermission(5, { toolCallId: "t1", kind: "execute", title: "rm -r ." }, [allOptions[0] ?? {}]);
    await settle();
    expect(child.answerTo(5)).toMatchObject(cancelled);
    expect(order.attempt.diagnostics).toEqual([
      {
        code: "acp-permission",
        severity: "warning",
        message: 'The agent was not allowed "rm -r ." (execute): cancelled, because it does not offer allow_once.',
      },
    ]);
  });

  it("is put to the host with all that is known of the tool call, also from before", async () => {
    const seen: AcpPermissionRequest[] = [];
    const order = acpOrder();
    const { child, settle } = await talk(order, {
      permissions: (request) => {
        seen.push(request);
        return "allow_once";
      },
    });
    child.update({ sessionUpdate: "tool_call", toolCallId: "t1", kind: "execute", title: "ls", status: "pending" });
    child.asksPermission(5, { toolCallId: "t1", rawInput: { command: "ls" } });
    await settle();
    expect(seen).toEqual([
      {
        toolCallId: "t1",
        kind: "execute",
        title: "ls",
        rawInput: { command: "ls" },
        offered: ["allow_always", "allow_once", "reject_once", "reject_always"],
        profile: order.profile,
      },
    ]);
    expect(order.attempt.tools).toEqual([
      { tool: "execute", phase: "started", call: "t1", summary: "ls" },
      { tool: "permission", phase: "ended", call: "t1", isError: false, summary: "allow_once: ls" },
    ]);
  });

  it("ends as not allowed where the agent tells nothing more of the call", async () => {
    const order = acpOrder();
    const { child, ending, settle } = await talk(order);
    child.asksPermission(5, { toolCallId: "t1", kind: "execute", title: "ls" });
    await settle();
    child.says("I may not.");
    child.ends("end_turn");
    await ending;
    const end = {
      tool: "execute",
      phase: "ended",
      call: "t1",
      isError: true,
      summary: "It was not allowed (reject_once).",
    };
    expect(order.attempt.tools.at(-1)).toEqual(end);
  });

  it("is refused where the policy fails", async () => {
    const order = acpOrder();
    const { child, settle } = await talk(order, { permissions: () => Promise.reject(new Error("no user here")) });
    child.asksPermission(5, { toolCallId: "t1", kind: "read", title: "a" });
    await settle();
    expect(child.answerTo(5)).toMatchObject(selected("allow_once"));
    expect(order.attempt.diagnostics).toMatchObject([
      { code: "acp-permission-policy", severity: "error", message: expect.stringContaining("no user here") },
      { code: "acp-permission", severity: "warning" },
    ]);
  });

  it("ends what was said before as a message of its own", async () => {
    const { child, ending, settle } = await talk(acpOrder());
    child.says("Running it.");
    child.asksPermission(5, { toolCallId: "t1", kind: "execute", title: "ls" });
    await settle();
    child.says("I may not.");
    child.ends("end_turn");
    expect(await ending).toMatchObject({ type: "succeeded", finals: ["I may not."] });
  });
});
