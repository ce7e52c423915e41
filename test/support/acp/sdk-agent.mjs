// An agent that speaks the Agent Client Protocol through its official library, and does what its task says. A witness: it shares
// nothing with the client that it is used to test.
import { spawn } from "node:child_process";
import { Readable, Writable } from "node:stream";
import { agent, methods, ndJsonStream, PROTOCOL_VERSION } from "@agentclientprotocol/sdk";

let stop = () => undefined;
let isStopped = false;
let messageCount = 0;
/** The ways in which this agent asks whether it may. */
const options = [
  { optionId: "o1", kind: "allow_once", name: "Allow" },
  { optionId: "o2", kind: "reject_once", name: "Reject" },
];

async function work(client, { sessionId, prompt }) {
  const task = prompt.map(({ text }) => text).join("\n");
  const update = (fields) => client.notify(methods.client.session.update, { sessionId, update: fields });
  const messageId = () => `message-${(messageCount += 1)}`;
  const say = (text, id = messageId()) =>
    update({ sessionUpdate: "agent_message_chunk", messageId: id, content: { type: "text", text } });

  if (task.includes("CRASH")) {
    console.error("the agent fell over");
    process.exit(7);
  }
  if (task.includes("EMPTY")) return { stopReason: "end_turn" };
  if (task.includes("BREAK")) throw new Error("the provider is gone");
  if (task.includes("WAIT")) {
    const stopped = new Promise((resolve) => (stop = resolve));
    // In a session of its own, so that only its mark tells whose it is.
    const child = spawn("sleep", ["600"], { stdio: "ignore", detached: true });
    child.unref();
    await say(`Waiting with ${child.pid}`);
    await stopped;
    return { stopReason: "cancelled" };
  }
  if (task.includes("RUN")) {
    const toolCall = { toolCallId: "call-1", title: "echo hello", kind: "execute", status: "pending" };
    await say("Running it.");
    await update({ sessionUpdate: "tool_call", ...toolCall });
    const { outcome } = await client.request(methods.client.session.requestPermission, {
      sessionId,
      toolCall,
      options,
    });
    const isAllowed = outcome.outcome === "selected" && outcome.optionId === "o1";
    await update({
      sessionUpdate: "tool_call_update",
      toolCallId: "call-1",
      status: isAllowed ? "completed" : "failed",
    });
    await say(isAllowed ? "It said hello." : "I was not allowed to.");
    return { stopReason: "end_turn" };
  }
  const id = messageId();
  // The library checks what it is sent; what arrives is told back, so that a test sees it with the agent's eyes.
  await say(`You said: `, id);
  await say(task, id);
  return { stopReason: "end_turn", usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15 } };
}

agent({ name: "sdk-agent" })
  .onRequest(methods.agent.initialize, ({ params }) => {
    const { fs, terminal } = params.clientCapabilities;
    if (fs.readTextFile || fs.writeTextFile || terminal) throw new Error("this client offers what it does not have");
    return { protocolVersion: PROTOCOL_VERSION, agentCapabilities: {}, agentInfo: { name: "sdk-agent", version: "1" } };
  })
  .onRequest(methods.agent.session.new, ({ params }) => {
    if (params.cwd !== process.cwd()) throw new Error(`the session is to work in ${params.cwd}`);
    return { sessionId: "the-session" };
  })
  .onRequest(methods.agent.session.prompt, ({ client, params }) => work(client, params))
  .onNotification(methods.agent.session.cancel, () => {
    isStopped = true;
    stop(isStopped);
  })
  .connect(ndJsonStream(Writable.toWeb(process.stdout), Readable.toWeb(process.stdin)));
