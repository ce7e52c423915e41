import { expect, it } from "vitest";
import { TerminatingTools } from "../../../../src/adapters/executors/pi/pi-terminating-tools.ts";
import { limits } from "../../../../src/domain/limits.ts";

it("keeps no more of the results of tools than it takes to see that they are too much", () => {
  const tools = new TerminatingTools();
  const text = "x".repeat(limits.agentOutputBytesMax);
  for (let call = 0; call < 10; call++) {
    tools.hear({ type: "tool_execution_end", result: { terminate: true, content: text } });
  }
  const { length } = tools.result ?? "";
  expect(length).toBeGreaterThan(limits.agentOutputBytesMax);
  expect(length).toBeLessThan(3 * limits.agentOutputBytesMax);
  tools.begin();
  tools.hear({ type: "tool_execution_end", result: { terminate: true, content: "Done." } });
  expect(tools.result).toBe("Done.");
});
