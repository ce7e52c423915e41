/**
 * A program that speaks as a pi does, as far as a step that is canceled needs it. Plain JavaScript, so that a hundred of them start
 * soon. Its prompt says how it takes being told to stop:
 *
 * - `mood:obedient` ends its tool, and leaves when its input ends
 * - `mood:careless` does as it is told, but its tool goes on in a session of its own
 * - `mood:deaf` hears neither `abort` nor the end of its input nor SIGTERM
 */
import { spawn } from "node:child_process";
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";

const say = (record) => void writeSync(1, `${JSON.stringify(record)}\n`);
const usage = { input: 100, output: 10, cacheRead: 0, cacheWrite: 0, totalTokens: 110, cost: { total: 0 } };
const assistant = (content, stopReason) => ({
  role: "assistant",
  content,
  stopReason,
  usage,
  model: "fake-1",
  provider: "fake",
});
const call = { type: "toolCall", id: "call-1", name: "bash", arguments: { command: "sleep 1000" } };
let mood = "obedient";
let tool;

const state = () => ({
  model: { id: "fake-1", name: "fake-1", provider: "fake", api: "openai-completions" },
  thinkingLevel: "off",
  isStreaming: tool !== undefined,
  isCompacting: false,
  steeringMode: "one-at-a-time",
  followUpMode: "one-at-a-time",
  sessionId: "scripted",
  autoCompactionEnabled: true,
  messageCount: 0,
  pendingMessageCount: 0,
});

function prompt(message) {
  mood = /mood:(\w+)/.exec(message)?.[1] ?? mood;
  // As pi starts its tools: in a session of their own, with everything that it has in its environment.
  tool = spawn("sleep", ["1000"], { detached: true, stdio: "ignore" });
  for (const type of ["agent_start", "turn_start"]) say({ type });
  say({ type: "message_end", message: assistant([call], "toolUse") });
  say({ type: "tool_execution_start", toolCallId: call.id, toolName: call.name, args: call.arguments });
}

function abort() {
  if (mood === "obedient") tool?.kill("SIGKILL");
  tool = undefined;
  const message = assistant([], "aborted");
  say({ type: "message_end", message });
  say({ type: "turn_end", message, toolResults: [] });
  say({ type: "agent_end", messages: [message], willRetry: false });
  say({ type: "agent_settled" });
}

function obey({ id, type, message }) {
  if (type === "abort" && mood === "deaf") return;
  if (type === "abort") abort();
  const data = type === "get_state" ? { data: state() } : {};
  say({ id, type: "response", command: type, success: true, ...data });
  if (type === "prompt") prompt(message);
}

process.on("SIGTERM", () => {
  if (mood !== "deaf") process.exit(143);
});
createInterface({ input: process.stdin })
  .on("line", (line) => obey(JSON.parse(line)))
  .on("close", () => {
    if (mood !== "deaf") process.exit(0);
  });
// A deaf one is not let go by the end of its input either.
setInterval(() => undefined, 1_000_000);
