import { fileURLToPath } from "node:url";
import { setup } from "../test/support/install-agents.ts";
import { realPis } from "../test/support/real-pi.ts";
import { demoAgents } from "./demo-agents.ts";

await setup();
const pi = realPis.findLast(({ missing }) => missing === undefined);
if (pi === undefined) {
  for (const one of realPis) console.error(`${String(one)}: ${one.missing ?? ""}`);
  process.exit(1);
}
// The command is told by the terminal too, and ends by itself.
process.on("SIGINT", () => undefined);
const command = [process.execPath, fileURLToPath(new URL("../dist/cli/main.js", import.meta.url))];
process.exitCode = (await demoAgents({ command, pi: pi.launcher, paceMs: 700 })) ?? 1;
