import type { ErrorAnswer } from "./protocol.ts";

/** A request that is answered with a status from 400 on. */
export class HttpRefusal extends Error {
  readonly status: number;
  readonly answer: ErrorAnswer;
  /** What the answer's head says beside the usual. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, answer: ErrorAnswer, headers: Readonly<Record<string, string>> = {}) {
    super(answer.message);
    this.name = "HttpRefusal";
    this.status = status;
    this.answer = answer;
    this.headers = headers;
  }
}

/** The same for a wrong secret as for what is not there: whoever guesses learns nothing. */
export function notFound(): HttpRefusal {
  const hint = "Use the whole address that runfold view printed. Each start has a new one.";
  return new HttpRefusal(404, { code: "viewer.notFound", message: "There is nothing at this address.", hint });
}

export function forbidden(message: string): HttpRefusal {
  const hint = "Open the viewer by the address that runfold view printed.";
  return new HttpRefusal(403, { code: "viewer.forbidden", message, hint });
}

export function badRequest(message: string, hint = "Reload the page."): HttpRefusal {
  return new HttpRefusal(400, { code: "viewer.badRequest", message, hint });
}
