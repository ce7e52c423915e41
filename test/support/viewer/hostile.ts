import type { RecordedEvent } from "../../../src/domain/events.ts";
import { toldAt } from "./told-run.ts";

/** What must never run, steer the page or leave its place, in one text. `x` tells the places apart. */
export function hostileText(place: string): string {
  return [
    `<img src=x onerror="window.ran='${place}'"><script>window.ran='${place}'</script>`,
    `"><svg onload=window.ran='${place}'></style></textarea></title><!--`,
    "\u001b[31m\u0007\u0000\u0008\u007f\u009b",
    "\u202eright to left\u2066\u200f\u061c",
    "\ud800\u2028\u2029\ufeff\u200b{{1+1}} ${1+1} javascript:window.ran=1",
  ].join("");
}

/** A journal that no kernel would write: hostile text in every field that is a text, ids of steps and artifacts among them. */
export function hostileEvents(): RecordedEvent[] {
  const h = hostileText;
  const step = h("step");
  const other = h("other");
  const failure = { kind: h("kind"), message: h("failure"), code: h("code"), signal: h("signal"), exitCode: h("exit") };
  const usage = { inputTokens: 1, outputTokens: 2, model: h("model") };
  const artifact = { name: h("artifact"), bytes: 12, sha256: h("sha") };
  const graph = {
    name: h("graph"),
    objective: h("objective").repeat(40),
    steps: [
      { id: step, agent: { kind: h("agent"), task: h("task") } },
      { id: other, command: [h("command"), h("argument")], needs: [step] },
      { id: h("third"), shell: h("shell"), after: [other] },
    ],
  };
  const owner = { host: h("host"), pid: 1, processStart: h("process") };
  const told = { step, attempt: 1 };
  const events = [
    {
      type: "run.started",
      run: "hostile-1",
      life: h("life"),
      graph,
      root: h("root"),
      places: [],
      owner,
      epoch: 1,
      deadlineAt: toldAt,
    },
    { type: "step.started", ...told, deadlineAt: toldAt + 10 },
    {
      type: "step.progressed",
      ...told,
      report: { kind: "text", stream: h("stream"), text: h("text"), totalChars: 9_999 },
    },
    { type: "step.progressed", ...told, report: { kind: "note", message: h("note") } },
    {
      type: "step.progressed",
      ...told,
      report: { kind: "tool", tool: h("tool"), phase: h("phase"), summary: h("summary") },
    },
    { type: "message.sent", ...told, message: 1, channel: h("channel"), text: h("message"), key: h("key") },
    { type: "message.denied", ...told, message: 2, channel: h("channel"), reason: h("denied") },
    { type: "message.unknown", ...told, message: 1, reason: h("unknown") },
    { type: "diagnostic.recorded", code: h("diagnostic"), severity: h("severity"), message: h("finding"), step },
    { type: "artifact.stored", ...told, artifact },
    { type: "step.retryScheduled", ...told, failure, retryAt: toldAt + 20, partial: { value: h("partial") }, usage },
    { type: "step.retryDue", ...told },
    { type: "step.started", step, attempt: 2, deadlineAt: toldAt + 30 },
    {
      type: "step.succeeded",
      step,
      attempt: 2,
      output: {
        value: { [h("name")]: h("value") },
        spilled: [{ pointer: `/${h("pointer")}`, artifact, encoding: "text" }],
      },
      usage,
    },
    { type: "step.started", step: other, attempt: 1, deadlineAt: toldAt + 30 },
    {
      type: "step.failed",
      step: other,
      attempt: 1,
      failure,
      partial: { value: { stdout: h("stdout"), stderr: h("stderr"), exitCode: h("exit") } },
    },
    { type: "run.cancelRequested", reason: h("reason"), force: false },
    { type: "step.canceled", step: h("third"), attempt: 0, reason: h("canceled") },
    { type: "notice.queued", notice: 1, isTerminal: true, reasons: [h("notice")] },
    { type: "run.settled", status: "canceled" },
  ];
  return events.map(
    (event, index) => ({ position: index + 1, at: toldAt + index * 10, event }) as unknown as RecordedEvent,
  );
}
