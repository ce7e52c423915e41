import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { badRequest, forbidden, notFound } from "./http-refusal.ts";

/** What is looked at of a request before anything is done for it. */
export interface Caller {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

export interface Admitted {
  /** What follows the secret, decoded: `["runs", "audit-42", "events"]`; one empty segment for the page. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  /** It lacks the slash behind the secret, without which the page's relative addresses would lead elsewhere. */
  readonly isWithoutSlash: boolean;
}

const hosts = /^(?:127\.0\.0\.1|localhost)(?::\d{1,5})?$/;

/**
 * Lets through whoever knows the secret and comes by way of this machine's own name: a site whose name was made to lead here says its own
 * name, and a site that sends its visitors' browsers here knows no secret.
 * @throws HttpRefusal
 */
export function admit({ method, url, headers }: Caller, token: string): Admitted {
  const { host = "", origin } = headers;
  if (!hosts.test(host)) throw forbidden("The viewer answers to 127.0.0.1 and localhost alone.");
  // An absolute address, as proxies are sent it, is none of ours.
  if (!url.startsWith("/")) throw badRequest("The address must begin with a slash.");
  const [path = "", ...rest] = url.split("?");
  const [given = "", ...segments] = path.slice(1).split("/").map(decoded);
  if (!isSame(given, token)) throw notFound();
  if (origin !== undefined && origin !== `http://${host}`) throw forbidden("The request comes from another site.");
  refuseOtherSites(headers, method === "GET" && segments.length <= 1 && (segments[0] ?? "") === "");
  return { segments, query: new URLSearchParams(rest.join("?")), isWithoutSlash: segments.length === 0 };
}

/** A link to the page may stand anywhere; all else is for the page alone. Programs that are no browsers do not say where they come from. */
function refuseOtherSites(headers: IncomingHttpHeaders, isPage: boolean): void {
  const site = headers["sec-fetch-site"];
  const isOwn = site === undefined || site === "same-origin" || site === "none";
  if (!isOwn && !isPage) throw forbidden("The request comes from another site.");
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badRequest("The address cannot be read.");
  }
}

/** Takes the same time wherever they differ. */
function isSame(given: string, token: string): boolean {
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
