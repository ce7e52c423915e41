import { request, type IncomingHttpHeaders } from "node:http";
import { connect } from "node:net";
import { expect, it } from "vitest";
import { isRunfoldError, limits, memoryArtifacts, openRuntime } from "runfold";
import { virtualClock } from "runfold/testing";
import { createViewer } from "runfold/viewer";
import { artifactPlace } from "../../../src/domain/artifact.ts";
import { chainOf, served } from "../../support/viewer/served-viewer.ts";
import { stubPage, stubScript } from "../../support/viewer/stub-page.ts";
import { placeWith } from "../../support/scratch-places.ts";

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A request as no browser would send it: with any Host, and a path that nothing tidies up. */
function ask(url: string, path: string, { method = "GET", headers = {}, body }: Asked = {}) {
  const { hostname, port } = new URL(url);
  return new Promise<{ status: number; headers: IncomingHttpHeaders; body: string }>((resolve, reject) => {
    const asking = request({ hostname, port, path, method, headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => (text += piece));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    asking.on("error", reject).end(body);
  });
}

const secretOf = (url: string): string => new URL(url).pathname;
const json = { "content-type": "application/json" };
const cancel = JSON.stringify({ reason: "Enough.", isForced: false });

it("serves the page and its files under the secret alone, with nothing inline and nothing from elsewhere", async () => {
  const { url } = await served();
  const page = await ask(url, secretOf(url));
  expect(page).toMatchObject({ status: 200, body: expect.stringContaining("<title>Runfold</title>") as string });
  expect(page.headers).toMatchObject({
    "content-type": "text/html; charset=utf-8",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
  });
  const policy = page.headers["content-security-policy"];
  for (const part of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"]) {
    expect(policy).toContain(part);
  }
  for (const part of ["frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"])
    expect(policy).toContain(part);
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  const script = await ask(url, `${secretOf(url)}assets/index-abc123.js`);
  expect(script).toMatchObject({ status: 200, body: stubScript });
  expect(script.headers["content-type"]).toBe("text/javascript; charset=utf-8");
  expect(await ask(url, secretOf(url), { method: "HEAD" })).toMatchObject({ status: 200, body: "" });
  // Without the slash, relative addresses would lead out of the secret.
  const bare = await ask(url, secretOf(url).slice(0, -1));
  expect([bare.status, bare.headers.location]).toEqual([308, secretOf(url)]);
});

it("has a secret of its own for each start, of more than 128 bits", async () => {
  const [one, other] = [await served(), await served()];
  expect(secretOf(one.url)).not.toBe(secretOf(other.url));
  expect(Buffer.from(secretOf(one.url).slice(1, -1), "base64url").length).toBeGreaterThan(16);
});

it.each([
  ["/", 404],
  ["/favicon.ico", 404],
  ["/wrong/", 404],
  [`/${"x".repeat(32)}/runs`, 404],
  ["SECRET..", 404],
  ["SECRETassets/../index.html", 404],
  ["SECRETassets/..%2findex.html", 404],
  ["SECRETassets/%2e%2e%2f%2e%2e%2fpackage.json", 404],
  ["SECRETassets/..\\index.html", 404],
  ["SECRETassets/index-abc123.js%00", 404],
  ["SECRETassets/", 404],
  ["SECRET%E0%A4%A", 400],
  ["http://evil.example/", 400],
  ["SECRETruns/..%2f..%2fetc/events", 404],
  ["SECRETruns/none/events", 404],
  ["SECRETruns/none/artifacts/..%2f..%2fmanifest.ndjson", 404],
  ["SECRETruns?limit=0", 400],
  ["SECRETruns?limit=1e3", 400],
  ["SECRETruns?limit=99999", 400],
  ["SECRETruns/r1/events?after=-1", 400],
  ["SECRETruns/r1/events?after=x", 400],
])("answers %s with %i and JSON that says why, and never with a file", async (path, status) => {
  const { url, runtime, problems } = await served();
  await runtime.start(chainOf("chain", 1), { id: "r1" });
  const answer = await ask(url, path.replace("SECRET", secretOf(url)));
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body)).toMatchObject({
    code: expect.any(String) as string,
    message: expect.any(String) as string,
  });
  expect(answer.headers).toMatchObject({ "x-content-type-options": "nosniff", "cache-control": "no-store" });
  expect(problems).toEqual([]);
});

it("answers to this machine's own names alone, whatever port a tunnel gave them", async () => {
  const { url } = await served();
  const path = secretOf(url);
  const statusFor = async (host: string): Promise<number> => (await ask(url, path, { headers: { host } })).status;
  for (const host of ["127.0.0.1", "localhost", "localhost:9", "127.0.0.1:65535"])
    expect(await statusFor(host)).toBe(200);
  const others = [
    "evil.example",
    "127.0.0.1.evil.example",
    "localhost.evil.example:80",
    "10.0.0.1",
    "[::1]",
    "127.0.0.1:x",
  ];
  for (const host of others) expect(await statusFor(host)).toBe(403);
});

it("refuses what another site makes a browser send, and takes links to the page", async () => {
  const { url } = await served();
  const path = secretOf(url);
  const { host } = new URL(url);
  const foreign = [
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: `https://${host}` },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
  ];
  for (const headers of foreign) {
    const order = { method: "POST", headers: { ...json, ...headers }, body: cancel };
    expect((await ask(url, `${path}runs/r1/cancel`, order)).status).toBe(403);
  }
  expect((await ask(url, `${path}runs`, { headers: { "sec-fetch-site": "cross-site" } })).status).toBe(403);
  expect((await ask(url, path, { headers: { "sec-fetch-site": "cross-site" } })).status).toBe(200);
  const own = { ...json, origin: `http://${host}`, "sec-fetch-site": "same-origin" };
  // Let in, and told that there is no such run.
  expect((await ask(url, `${path}runs/r1/cancel`, { method: "POST", headers: own, body: cancel })).status).toBe(404);
});

it("takes each address by its own methods alone", async () => {
  const { url } = await served();
  const path = secretOf(url);
  const wrong = [
    ["POST", ""],
    ["PUT", "runs"],
    ["DELETE", "runs/r1/events"],
    ["GET", "runs/r1/cancel"],
    ["GET", "runs/r1/messages"],
    ["OPTIONS", "runs/r1/cancel"],
  ] as const;
  for (const [method, rest] of wrong) {
    const answer = await ask(url, path + rest, { method });
    expect([method, rest, answer.status]).toEqual([method, rest, 405]);
    expect(answer.headers.allow).toBeDefined();
  }
});

it("takes bodies that are JSON, and say so, and are an order", async () => {
  const { url } = await served();
  const statusOf = async (headers: Record<string, string>, body: string): Promise<number> =>
    (await ask(url, `${secretOf(url)}runs/r1/cancel`, { method: "POST", headers, body })).status;
  expect(await statusOf({}, cancel)).toBe(415);
  // What a form of another site could send without asking.
  expect(await statusOf({ "content-type": "text/plain" }, cancel)).toBe(415);
  expect(await statusOf(json, "{")).toBe(400);
  expect(await statusOf(json, "[]")).toBe(400);
  expect(await statusOf(json, "{}")).toBe(400);
  expect(await statusOf({ "content-type": "application/json; charset=utf-8" }, cancel)).toBe(404);
});

it("reads no more of a body than its limit", async () => {
  const { url } = await served();
  const body = JSON.stringify({ reason: "x".repeat(limits.viewerBodyBytesMax), isForced: false });
  const path = `${secretOf(url)}runs/r1/cancel`;
  const told = { ...json, "content-length": String(Buffer.byteLength(body)) };
  expect(await statusOrBroken(ask(url, path, { method: "POST", headers: told, body }))).toBe(413);
  const untold = { ...json, "transfer-encoding": "chunked" };
  expect(await statusOrBroken(ask(url, path, { method: "POST", headers: untold, body }))).toBe(413);
});

/** Whoever still writes when the connection is closed may not get to read why. */
async function statusOrBroken(answer: Promise<{ readonly status: number }>): Promise<number> {
  try {
    return (await answer).status;
  } catch {
    return 413;
  }
}

it("waits for a slow body only so long", async () => {
  const clock = virtualClock();
  const { url, viewer } = await served({ viewer: { clock } });
  const { port } = new URL(url);
  const socket = connect(Number(port), "127.0.0.1");
  const head = [`POST ${secretOf(url)}runs/r1/cancel HTTP/1.1`, "Host: localhost", "Content-Type: application/json"];
  socket.write(`${[...head, "Content-Length: 100"].join("\r\n")}\r\n\r\n{`);
  let text = "";
  const closed = new Promise((resolve) => socket.on("data", (piece) => (text += String(piece))).on("close", resolve));
  await until(() => viewer.load.requests === 1 && clock.armed > 0);
  await clock.advanceBy(limits.viewerBodyMs);
  await closed;
  expect(text).toMatch(/^HTTP\/1.1 408 /);
  expect(text).toContain("viewer.tooSlow");
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

it("gives an artifact as text that no browser takes for anything else, and says what it left out", async () => {
  const artifacts = memoryArtifacts();
  const { url, runtime } = await served({ runtime: { artifacts }, viewer: { artifacts } });
  const run = await runtime.start(chainOf("chain", 1), { id: "r1" });
  const place = artifactPlace("r1", run.snapshot().life);
  const put = async (name: string, bytes: Buffer): Promise<void> => {
    const writer = await artifacts.create(place, name);
    await writer.write(bytes);
    await writer.commit();
  };
  await put("page.html", Buffer.from("<script>alert(1)</script>"));
  // The limit falls into the middle of a character.
  await put("long.txt", Buffer.from(`${"x".repeat(limits.viewerArtifactBytesMax - 1)}é and more`));
  const small = await ask(url, `${secretOf(url)}runs/r1/artifacts/page.html`);
  expect(small).toMatchObject({ status: 200, body: "<script>alert(1)</script>" });
  expect(small.headers["content-type"]).toBe("text/plain; charset=utf-8");
  expect(small.headers["content-security-policy"]).toMatch(/default-src 'none'.*sandbox$/);
  const long = await ask(url, `${secretOf(url)}runs/r1/artifacts/long.txt`);
  expect(long.body.endsWith(`x\n… 11 of ${limits.viewerArtifactBytesMax + 10} bytes were left out here.\n`)).toBe(true);
  expect((await ask(url, `${secretOf(url)}runs/r1/artifacts/none`)).status).toBe(404);
});

it("refuses secrets and ports that are none, a port that is taken, and a page that is not there", async () => {
  const { runtime, url } = await served();
  const codeOf = async (make: () => unknown): Promise<unknown> => {
    try {
      return await make();
    } catch (error) {
      return isRunfoldError(error) ? error.code : error;
    }
  };
  const pageDirectory = stubPage();
  expect(await codeOf(() => createViewer(runtime, { pageDirectory, token: "short" }))).toBe("viewer.invalid");
  expect(await codeOf(() => createViewer(runtime, { pageDirectory, token: `/${"x".repeat(30)}` }))).toBe(
    "viewer.invalid",
  );
  expect(await codeOf(() => createViewer(runtime, { pageDirectory: placeWith() }))).toBe("viewer.unavailable");
  const viewer = createViewer(runtime, { pageDirectory });
  expect(await codeOf(() => viewer.url)).toBe("viewer.invalid");
  expect(await codeOf(() => viewer.listen(70_000))).toBe("viewer.invalid");
  const taken = Number(new URL(url).port);
  expect(await codeOf(() => viewer.listen(taken))).toBe("viewer.unavailable");
  await expect(viewer.listen(taken)).rejects.toThrow(`Port ${taken} of 127.0.0.1 cannot be listened on.`);
  expect(await viewer.listen(), "a port that is free, after one that is taken").toBe(viewer.url);
  await viewer.close();
});

it("answers 503 once its runtime has closed", async () => {
  const runtime = await openRuntime();
  const { url } = await served();
  const viewer = createViewer(runtime, { pageDirectory: stubPage() });
  const closedUrl = await viewer.listen();
  await runtime.close();
  expect((await ask(closedUrl, `${secretOf(closedUrl)}runs/r1/events`)).status).toBe(503);
  expect(url).not.toBe(closedUrl);
  await viewer.close();
});
