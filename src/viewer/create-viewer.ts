import { randomBytes } from "node:crypto";
import { isRunId } from "../domain/ids.ts";
import { limits, RunfoldError, type ArtifactStore, type Clock, type RunId, type Runtime } from "../index.ts";
import { readPage } from "./page-files.ts";
import { ViewerServer, type ViewerLoad } from "./viewer-server.ts";

export interface ViewerOptions {
  /** The store that the runtime was opened with. Default: none, and pages show no artifacts. */
  readonly artifacts?: ArtifactStore;
  /**
   * The secret in the address: 22 to 128 letters, digits, `-` and `_`, which should be as random as they are many. Whoever knows it sees and
   * commands all runs. With the one of before, pages that are open find a viewer that was started again on its port. Default: a new one.
   */
  readonly token?: string;
  /** Whether the runtime's journal is open for reading alone, so that pages offer no commands. Default: false. */
  readonly isReadOnly?: boolean;
  readonly clock?: Clock;
  /** Where the built page lies. Default: in this package. */
  readonly pageDirectory?: string;
  /** Is told of what failed, and of bugs, as it comes; not of what callers got wrong. Default: nobody is told. */
  readonly onProblem?: (problem: unknown) => void;
}

/**
 * A page on this machine's own address that shows the runs of a runtime as they are and as they were, and hands commands on. It reads,
 * and takes over nothing. The runtime is the caller's: close the viewer first.
 */
export class Viewer implements AsyncDisposable {
  readonly #server: ViewerServer;
  readonly #token: string;
  #listening: Promise<number> | undefined;
  #port: number | undefined;

  /** @internal */
  constructor(server: ViewerServer, token: string) {
    this.#server = server;
    this.#token = token;
  }

  /**
   * Listens on a port of 127.0.0.1, 0 for any; resolves with the address. Once: a second call gives the first one's address,
   * unless that one failed.
   * @throws `viewer.invalid` for what is no port; `viewer.unavailable` where it is taken.
   */
  async listen(port = 0): Promise<string> {
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      throw invalid("A port is a whole number from 0 to 65535.");
    const listening = (this.#listening ??= this.#server.listen(port));
    try {
      this.#port = await listening;
    } catch (error) {
      // Another port may be tried.
      if (this.#listening === listening) this.#listening = undefined;
      throw error;
    }
    return this.url;
  }

  /** The address with its secret: for people, not for logs. @throws `viewer.invalid` before it listens. */
  get url(): string {
    if (this.#port === undefined) throw invalid("The viewer does not listen yet.");
    return `http://127.0.0.1:${this.#port}/${this.#token}/`;
  }

  /** The address that shows one run. @throws as {@link url}; `run.idInvalid`. */
  urlOf(run: RunId): string {
    if (!isRunId(run)) throw new RunfoldError("run.idInvalid", "This cannot name a run.");
    return `${this.url}#${run}`;
  }

  /** What it holds open now. @internal */
  get load(): ViewerLoad {
    return this.#server.load;
  }

  /** Ends every stream and connection. Orders that were taken are carried out. Calling it again waits for the same end. */
  close(): Promise<void> {
    return this.#server.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

const spelledToken = /^[\w-]+$/;

/**
 * A viewer of a runtime's runs, which does not listen yet.
 * @throws `viewer.invalid` for a token that is none; `viewer.unavailable` where the page was not built.
 */
export function makeViewer(runtime: Runtime, clock: Clock, options: ViewerOptions): Viewer {
  const token = options.token ?? randomBytes(limits.viewerTokenBytesDefault).toString("base64url");
  const { viewerTokenCharsMin: min, viewerTokenCharsMax: max } = limits;
  if (token.length < min || token.length > max || !spelledToken.test(token)) {
    throw invalid(`A viewer's token is ${min} to ${max} letters, digits, "-" and "_".`);
  }
  const server = new ViewerServer({
    runtime,
    clock,
    token,
    artifacts: options.artifacts,
    page: readPage(options.pageDirectory),
    isReadOnly: options.isReadOnly ?? false,
    onProblem: options.onProblem ?? (() => undefined),
  });
  return new Viewer(server, token);
}

function invalid(message: string): RunfoldError {
  return new RunfoldError("viewer.invalid", message);
}
