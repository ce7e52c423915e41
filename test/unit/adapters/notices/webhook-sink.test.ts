import { createServer } from "node:http";
import type { IncomingHttpHeaders, RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { isSignedBy, limits, webhookSink } from "runfold";
import type { Notice, NoticeAnswer, WebhookOptions } from "runfold";

const secret = "a secret";

const notice: Notice = {
  key: "run-1.life.3",
  run: "run-1",
  name: "audit",
  notice: 3,
  mode: "milestones",
  isTerminal: true,
  status: "succeeded",
  reasons: ["terminal:succeeded"],
  omittedReasons: 0,
  isLast: false,
  at: 1_790_000_000_000,
  cursor: "c1.a.b",
  attempt: 1,
  summary: {
    status: "succeeded",
    position: 10,
    counts: { pending: 0, running: 0, succeeded: 1, failed: 0, blocked: 0, timedOut: 0, canceled: 0 },
    outputs: [{ step: "a", status: "timedOut" }],
    omittedOutputs: 0,
  },
};

/** A real server on loopback. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => void server.close(() => resolve()));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}

async function answering(status: number, headers: Record<string, string> = {}, body = ""): Promise<string> {
  return serve((request, response) => {
    request.resume();
    response.writeHead(status, headers).end(body);
  });
}

async function post(
  url: string,
  options: Partial<WebhookOptions> = {},
  signal = new AbortController().signal,
): Promise<NoticeAnswer> {
  return await webhookSink({ url, secret, ...options })(notice, { signal });
}

describe("a webhook", () => {
  test("gets the notice as JSON, its key, and a signature that only the secret makes, of this body and this time", async () => {
    const got: { method?: string; headers: IncomingHttpHeaders; body: string }[] = [];
    const url = await serve((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        got.push({ method: request.method!, headers: request.headers, body });
        response.writeHead(204).end();
      });
    });
    const at = 1_790_000_000_500;
    expect(await post(url, { headers: { Authorization: "Bearer x" }, now: () => at })).toBeUndefined();
    const [{ method, headers, body }] = got as [(typeof got)[0]];
    expect([method, headers["content-type"], headers["idempotency-key"], headers.authorization]).toEqual([
      "POST",
      "application/json",
      "run-1.life.3",
      "Bearer x",
    ]);
    const { timedOut, ...counts } = notice.summary.counts;
    const outputs = [{ step: "a", status: "timed_out" }];
    expect(JSON.parse(body)).toEqual({
      ...notice,
      summary: { ...notice.summary, counts: { ...counts, timed_out: timedOut }, outputs },
    });
    const signature = headers["runfold-signature"] as string;
    expect(signature).toMatch(/^t=1790000000,v1=[0-9a-f]{64}$/);
    const now = (): number => at;
    expect(isSignedBy(secret, signature, body, { now })).toBe(true);
    expect(isSignedBy("another", signature, body, { now })).toBe(false);
    expect(isSignedBy(secret, signature, `${body} `, { now })).toBe(false);
    expect(isSignedBy(secret, signature.replace("t=179", "t=178"), body, { now: () => at - 10_000_000_000 })).toBe(
      false,
    );
    expect(
      isSignedBy(secret, signature, body, { now: () => at + (limits.webhookToleranceSecondsDefault + 1) * 1_000 }),
    ).toBe(false);
    for (const header of [undefined, null, "", "t=1", `t=x,v1=${"0".repeat(64)}`, `${signature},v0=1`]) {
      expect(isSignedBy(secret, header, body, { now })).toBe(false);
    }
  });

  test("that answers what may pass is tried again, not before it says", async () => {
    for (const status of [408, 425, 429, 500, 502, 503]) {
      const answer = await post(await answering(status, {}, "later\n\u001b[31m please"));
      expect(answer).toEqual({
        reason: expect.stringMatching(new RegExp(`^127\\.0\\.0\\.1:\\d+ answered ${status}: later \\[31m please$`)),
      });
    }
    expect(await post(await answering(429, { "Retry-After": "7" }))).toMatchObject({ retryAfterMs: 7_000 });
    const date = new Date(1_790_000_060_000).toUTCString();
    expect(await post(await answering(503, { "Retry-After": date }), { now: () => 1_790_000_000_000 })).toMatchObject({
      retryAfterMs: 60_000,
    });
    expect(await post(await answering(503, { "Retry-After": "soon" }))).not.toHaveProperty("retryAfterMs");
  });

  test("that answers anything else is not: it would say the same again", async () => {
    for (const status of [400, 401, 404, 410, 422]) {
      expect(await post(await answering(status))).toMatchObject({
        isFinal: true,
        reason: expect.stringContaining(String(status)),
      });
    }
  });

  test("that sends elsewhere is not followed", async () => {
    let followed = 0;
    const elsewhere = await serve((_request, response) => {
      followed++;
      response.writeHead(204).end();
    });
    for (const status of [301, 302, 307, 308]) {
      expect(await post(await answering(status, { Location: elsewhere }))).toMatchObject({ isFinal: true });
    }
    expect(followed).toBe(0);
  });

  test("whose answer never ends is read to its beginning alone", async () => {
    let isClosed = false;
    const url = await serve((request, response) => {
      request.resume();
      response.writeHead(400);
      const more = (): void => {
        while (!response.destroyed && response.write("x".repeat(65_536)));
      };
      response.on("drain", more);
      response.on("close", () => (isClosed = true));
      more();
    });
    const answer = (await post(url)) as { reason: string };
    expect(answer.reason.length).toBeLessThan(limits.webhookAnswerCharsMax + 60);
    await expect.poll(() => isClosed).toBe(true);
  });

  test("that is not there, breaks off, or gives no answer in time is tried again", async () => {
    const gone = await answering(204);
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise<void>((resolve) => void closed.close(() => resolve()));
    expect(await post(`http://127.0.0.1:${port}/`)).toEqual({ reason: expect.stringContaining("gave no answer") });
    const broken = await serve((request) => request.socket.destroy());
    expect(await post(broken)).toEqual({ reason: expect.stringContaining("gave no answer") });
    const silent = await serve(() => undefined);
    expect(await post(silent, { timeoutMs: 20 })).toEqual({ reason: expect.stringContaining("gave no answer") });
    const aborted = AbortSignal.abort(new Error("The runtime was closed."));
    expect(await post(gone, {}, aborted)).toEqual({ reason: expect.stringContaining("The runtime was closed.") });
  });

  test("needs an address and a secret; neither is repeated in what is said of it", () => {
    for (const url of ["nowhere", "file:///etc/passwd", "https://user:password@example.org/"]) {
      expect(() => webhookSink({ url, secret })).toThrow(expect.objectContaining({ code: "notice.invalid" }));
      expect(() => webhookSink({ url, secret })).not.toThrow(/password@|etc\/passwd/);
    }
    expect(() => webhookSink({ url: "https://example.org/", secret: "" })).toThrow(
      expect.objectContaining({ code: "notice.invalid" }),
    );
  });
});
