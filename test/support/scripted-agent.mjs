// An agent program that does what it is told: a list of actions, one after the other, as its argument.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const actions = JSON.parse(process.argv[2]);
const say = (record) => process.stdout.write(`${JSON.stringify(record)}\n`);
/** Resolve when a record of that type comes; those that came before it are kept. */
const waiting = new Map();
const came = new Map();
let staysAtEnd = false;

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const record = JSON.parse(line);
    waiting.get(record.type)?.(record);
    came.set(record.type, record);
  })
  .on("close", () => {
    if (!staysAtEnd) process.exit(0);
  });

const comes = (type) => came.get(type) ?? new Promise((resolve) => waiting.set(type, resolve));

const order = await comes("task");
for (const action of actions) {
  if (typeof action === "string") {
    if (action === "task") say({ type: "final", text: order.task });
    if (action === "prompt") say({ type: "final", text: readFileSync(order.systemPromptFile, "utf8") });
    if (action === "environment") say({ type: "final", text: JSON.stringify(process.env) });
    if (action === "wait for abort") await comes("abort");
    if (action === "stay") {
      staysAtEnd = true;
      setInterval(() => undefined, 1_000);
    }
    if (action === "ignore SIGTERM") process.on("SIGTERM", () => undefined);
    if (action === "leave a child") {
      spawn("sleep", ["1000"], { detached: true, stdio: "ignore" }).unref();
    }
  } else if ("exit" in action) process.exit(action.exit);
  else if ("stderr" in action) process.stderr.write(action.stderr);
  else say(action);
}
