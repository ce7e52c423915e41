import { expect, it } from "vitest";
import { limits } from "runfold";
import { failed } from "runfold/testing";
import { chainOf, served } from "../../support/viewer/served-viewer.ts";

const cancel = { reason: "Enough.", isForced: false };
const message = { step: "s0", channel: "steer", text: "Look here.", key: "k1" };

it("cancels a run with the reason that was given, and once is enough", async () => {
  const { runtime, post } = await served();
  const run = await runtime.start(chainOf("chain", 2), { id: "r1" });
  const answer = await post("runs/r1/cancel", cancel);
  expect([answer.status, await answer.json()]).toEqual([200, { outcome: "taken" }]);
  expect((await run.outcome()).status).toBe("canceled");
  expect(run.snapshot().cancelReason).toBe("Enough.");
  const again = await post("runs/r1/cancel", cancel);
  expect(await again.json()).toEqual({ outcome: "refused", why: "Run r1 has already ended: canceled." });
});

it("sends a message once for each key, and says why one was not delivered", async () => {
  const { runtime, post, work } = await served();
  const run = await runtime.start(chainOf("chain", 2), { id: "r1" });
  for (let time = 0; time < 2; time++) {
    expect(await (await post("runs/r1/messages", message)).json()).toEqual({ outcome: "taken" });
  }
  expect(run.messages()).toHaveLength(1);
  const early = await (await post("runs/r1/messages", { ...message, step: "s1", key: "k2" })).json();
  expect(early).toMatchObject({ outcome: "refused", why: expect.stringMatching(/./) as string });
  const other = await (await post("runs/r1/messages", { ...message, step: "none" })).json();
  expect(other).toMatchObject({ outcome: "refused", why: expect.stringContaining("none") as string });
  const long = { ...message, text: "x".repeat(limits.textCharsMax + 1) };
  expect(await (await post("runs/r1/messages", long)).json()).toMatchObject({ outcome: "refused" });
  // The longest that there may be has room, however it is written.
  const longest = { ...message, key: "k3", text: "\u0001".repeat(limits.textCharsMax) };
  expect(await (await post("runs/r1/messages", longest)).json()).toEqual({ outcome: "taken" });
  work.end("s0", failed());
  await run.outcome();
  const late = await (await post("runs/r1/messages", { ...message, key: "k4" })).json();
  expect(late).toMatchObject({ outcome: "refused" });
});

it.each([
  ["cancel", {}],
  ["cancel", { reason: 1, isForced: false }],
  ["cancel", { reason: "x", isForced: "yes" }],
  ["messages", { ...message, channel: "shout" }],
  ["messages", { ...message, text: null }],
  ["messages", { ...message, key: undefined }],
])("refuses an order to %s that is none: %j", async (what, body) => {
  const { runtime, post } = await served();
  await runtime.start(chainOf("chain", 1), { id: "r1" });
  const answer = await post(`runs/r1/${what}`, body);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ code: "viewer.badRequest" });
});

it("knows no run that is not there", async () => {
  const { post } = await served();
  for (const id of ["none", "..", "a%20b"]) {
    const answers = [await post(`runs/${id}/cancel`, cancel), await post(`runs/${id}/messages`, message)];
    for (const answer of answers) expect(answer.status).toBe(404);
  }
});
