import { expect, it } from "vitest";
import { taskExecutor } from "../../../src/adapters/executors/task-executor.ts";
import { fakeAttempt } from "../../support/fake-attempt.ts";
import { failed } from "../../support/command-fixture.ts";

it("a task fails for good when nobody knows it", async () => {
  const result = await taskExecutor({ find: () => undefined }).execute(fakeAttempt({ task: "who" }));
  expect(failed(result).failure).toMatchObject({
    kind: "launch",
    final: true,
    message: expect.stringContaining('"who"'),
  });
});
