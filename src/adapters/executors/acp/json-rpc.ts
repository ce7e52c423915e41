import { isRecord, type Fields } from "../../../domain/fields.ts";
import type { RecordChild } from "../processes/agent-child.ts";

export type RpcAnswer = { readonly type: "result"; readonly result: unknown } | RpcError;

export interface RpcError {
  readonly type: "error";
  readonly code: number;
  readonly message: string;
}

/** What the other side asks of this one. */
export interface RpcHandlers {
  /** Handles a request and answers it in its own time, once. False for a method that is not known here. */
  request(method: string, params: Fields, respond: (result: object | null) => void): boolean;
  notification(method: string, params: Fields): void;
  /** A record that is no JSON-RPC message, or the answer to nothing; `what` says so without quoting it at length. */
  stray(what: string): void;
  /** A request could not be written, so the other side is gone. It will have no answer. */
  unsent(): void;
}

const methodNotFound = -32601;

/**
 * One end of a JSON-RPC 2.0 connection over a child's records. Requests of both sides may overlap. Whatever a record holds is dealt
 * with before the next record is looked at, so answers and notifications keep their order. It waits for answers for ever: whoever
 * asks decides how long that is, and what it means when the records end.
 */
export class JsonRpc {
  readonly #child: RecordChild;
  readonly #handlers: RpcHandlers;
  readonly #open = new Map<number, (answer: RpcAnswer) => void>();
  #lastId = 0;

  constructor(child: RecordChild, handlers: RpcHandlers) {
    this.#child = child;
    this.#handlers = handlers;
  }

  /** Begins to listen to the child. */
  listen(): void {
    this.#child.onRecord((record) => this.#receive(record));
  }

  /** Asks the other side. `answered` is called with the answer, before the next record is looked at; never if none comes. */
  request(method: string, params: object, answered: (answer: RpcAnswer) => void): void {
    const id = ++this.#lastId;
    this.#open.set(id, answered);
    void this.#send({ jsonrpc: "2.0", id, method, params });
  }

  /** The same as a promise; it stays open if no answer comes. */
  ask(method: string, params: object): Promise<RpcAnswer> {
    return new Promise((resolve) => this.request(method, params, resolve));
  }

  notify(method: string, params: object): void {
    void this.#child.send({ jsonrpc: "2.0", method, params });
  }

  async #send(request: object): Promise<void> {
    if (!(await this.#child.send(request))) this.#handlers.unsent();
  }

  #receive(record: Fields): void {
    const { id, method } = record;
    if (typeof method === "string") {
      const params = isRecord(record["params"]) ? record["params"] : {};
      if (id === undefined || id === null) this.#handlers.notification(method, params);
      else this.#handle(id, method, params);
    } else if (typeof id === "number") {
      if (!this.#settle(id, answerIn(record))) this.#handlers.stray("an answer to nothing that was asked");
    } else {
      const said = isRecord(record["error"]) ? record["error"]["message"] : undefined;
      this.#handlers.stray(typeof said === "string" ? `an error of no request: ${said}` : "no JSON-RPC message");
    }
  }

  #handle(id: unknown, method: string, params: Fields): void {
    let isAnswered = false;
    const respond = (answer: object): void => {
      if (isAnswered) return;
      isAnswered = true;
      void this.#child.send({ jsonrpc: "2.0", id, ...answer });
    };
    if (this.#handlers.request(method, params, (result) => respond({ result }))) return;
    respond({ error: { code: methodNotFound, message: `Method not found: ${method}` } });
  }

  #settle(id: number, answer: RpcAnswer): boolean {
    const answered = this.#open.get(id);
    this.#open.delete(id);
    answered?.(answer);
    return answered !== undefined;
  }
}

function answerIn(record: Fields): RpcAnswer {
  const { error } = record;
  if (!isRecord(error)) return { type: "result", result: record["result"] };
  const { code, message } = error;
  return {
    type: "error",
    code: typeof code === "number" ? code : 0,
    message: typeof message === "string" ? message : "an error without a message",
  };
}
