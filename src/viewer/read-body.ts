import type { IncomingMessage } from "node:http";
import { isRecord, type Fields } from "../domain/fields.ts";
import { limits, type Clock } from "../index.ts";
import { badRequest, HttpRefusal } from "./http-refusal.ts";

/**
 * The body of a request, an object of JSON. What is too large is refused as soon as that is known, and read no further.
 * @throws HttpRefusal
 */
export async function readBody(request: IncomingMessage, clock: Clock): Promise<Fields> {
  const [type = ""] = (request.headers["content-type"] ?? "").split(";");
  if (type.trim().toLowerCase() !== "application/json") {
    const message = "The body must be JSON, and say so.";
    throw new HttpRefusal(415, { code: "viewer.notJson", message, hint: "Send content-type: application/json." });
  }
  if (Number(request.headers["content-length"] ?? 0) > limits.viewerBodyBytesMax) throw tooLarge();
  const text = new TextDecoder().decode(await bytesOf(request, clock));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badRequest("The body is not JSON.");
  }
  if (!isRecord(value)) throw badRequest("The body must be an object.");
  return value;
}

function bytesOf(request: IncomingMessage, clock: Clock): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve, reject) => {
    const timer = clock.setTimer(clock.now() + limits.viewerBodyMs, () => finish(tooSlow()), { isBackground: true });
    const take = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > limits.viewerBodyBytesMax) finish(tooLarge());
      else chunks.push(chunk);
    };
    const end = (): void => finish(undefined);
    const leave = (): void => finish(badRequest("The request broke off."));
    function finish(refusal: HttpRefusal | undefined): void {
      timer.cancel();
      request.off("data", take).off("end", end).off("close", leave).pause();
      if (refusal === undefined) resolve(Buffer.concat(chunks));
      else reject(refusal);
    }
    request.on("data", take).on("end", end).on("close", leave);
  });
}

function tooLarge(): HttpRefusal {
  const message = `The body has more than ${limits.viewerBodyBytesMax} bytes.`;
  return new HttpRefusal(413, { code: "viewer.tooLarge", message, hint: "Send less." });
}

function tooSlow(): HttpRefusal {
  const message = "The body took too long to come.";
  return new HttpRefusal(408, { code: "viewer.tooSlow", message, hint: "Try again." });
}
