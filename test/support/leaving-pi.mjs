/**
 * A program that speaks as a pi does, as far as its end matters. Plain JavaScript, so that it starts soon. Its prompt says how it ends:
 *
 * - `mood:plain` answers, and leaves when its input ends
 * - `mood:noisy` does the same after blank lines and lines that are no records
 * - `mood:crashing` answers, and leaves with exit code 7
 * - `mood:lingering` answers, and leaves neither when its input ends nor on SIGTERM
 * - `mood:lost` writes half an answer, and then hears nothing any more: neither `abort` nor the end of its input nor SIGTERM
 */
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";

const say = (record) => void writeSync(1, `${JSON.stringify(record)}\n`);
const state = { model: { id: "fake-1", provider: "fake" }, isStreaming: false, isCompacting: false };
let mood = "plain";

const assistant = (text, rest) => ({
  role: "assistant",
  content: text === "" ? [] : [{ type: "text", text }],
  ...rest,
});

function stream(text) {
  const user = { role: "user", content: [{ type: "text", text: "The task." }] };
  say({ type: "agent_start" });
  say({ type: "message_start", message: user });
  say({ type: "message_end", message: user });
  say({ type: "message_start", message: assistant("") });
  say({ type: "message_update", assistantMessageEvent: { type: "text_delta", contentIndex: 0, delta: text } });
}

function answer(text) {
  stream(text);
  const message = assistant(text, { stopReason: "stop" });
  say({ type: "message_end", message });
  say({ type: "agent_end", messages: [message], willRetry: false });
  say({ type: "agent_settled" });
}

function work() {
  if (mood === "noisy") writeSync(1, "\n \r\nwarning: an old setting\n");
  if (mood === "lost") stream("Half an answer");
  else answer(`I am ${mood}.`);
  if (mood === "crashing") process.exitCode = 7;
}

function obey({ id, type, message }) {
  if (type === "abort" && mood === "lost") return;
  mood = /mood:(\w+)/.exec(message)?.[1] ?? mood;
  say({ id, type: "response", command: type, success: true, ...(type === "get_state" ? { data: state } : {}) });
  if (type === "prompt") work();
}

const stays = () => mood === "lingering" || mood === "lost";
process.on("SIGTERM", () => {
  if (!stays()) process.exit(143);
});
const life = setInterval(() => undefined, 1_000_000);
createInterface({ input: process.stdin })
  .on("line", (line) => obey(JSON.parse(line)))
  .on("close", () => {
    if (!stays()) clearInterval(life);
  });
