import type { ArtifactRef } from "../domain/artifact.ts";
import { RunfoldError } from "../domain/errors.ts";
import type { Place, StopCause } from "../domain/events.ts";
import type { Failure } from "../domain/failure.ts";
import type { AgentDefinition } from "../domain/agent.ts";
import type { GraphDocument, StepDocument } from "../domain/graph-document.ts";
import type { EpochMs, RunId } from "../domain/ids.ts";
import { limits } from "../domain/limits.ts";
import type { ArtifactWriter } from "../ports/artifact-store.ts";
import type { Timer } from "../ports/clock.ts";
import type {
  Attempt,
  AttemptOwner,
  AttemptResult,
  Executor,
  Message,
  StopRequest,
  StopSignal,
  ToolReport,
  Upstream,
} from "../ports/executor.ts";
import type { AttemptScope } from "../ports/observer.ts";
import type { AttemptHost } from "./attempt-host.ts";
import { AttemptMessages, takesMessages } from "./attempt-messages.ts";
import type { SentMessage } from "./attempt-messages.ts";
import { AttemptDiagnostics } from "./attempt-diagnostics.ts";
import { checkedResult, executorFailed } from "./checked-result.ts";
import type { Deadline } from "./deadlines.ts";
import { boundedFailure, textOf } from "./error-text.ts";
import { ProgressThrottle } from "./progress-throttle.ts";

/**
 * Lives for one attempt: starts the executor, keeps the deadline, passes on the request to stop, and turns what the executor
 * says into reports. It reports exactly one end, whatever the executor does: late, double and missing answers stop here.
 */
export class StepActor implements Attempt, StopSignal, Deadline {
  readonly step: StepDocument;
  readonly number: number;
  readonly deadlineAt: EpochMs;
  readonly isResumed: boolean;
  readonly #host: AttemptHost;
  #request: StopRequest | undefined;
  #listeners: ((request: StopRequest) => void)[] | undefined;
  #throttle: ProgressThrottle | undefined;
  #stored: ArtifactRef[] | undefined;
  #upstream: readonly Upstream[] | undefined;
  #giveUp: Timer | undefined;
  #messages: AttemptMessages | undefined;
  #isTakingMessages: boolean | undefined;
  #diagnostics: AttemptDiagnostics | undefined;
  #scope: AttemptScope | undefined;
  #isOver = false;

  constructor(host: AttemptHost, step: StepDocument, number: number, deadlineAt: EpochMs, isResumed: boolean) {
    this.#host = host;
    this.step = step;
    this.number = number;
    this.deadlineAt = deadlineAt;
    this.isResumed = isResumed;
  }

  /** Starts the work. A stop that was requested before is an end without a start. */
  launch(executor: Executor | undefined): void {
    if (this.#request !== undefined) {
      this.#end({ type: "failed", failure: stopped(this.#request, "It had not been launched yet.") });
      return;
    }
    if (executor === undefined) {
      this.#end({
        type: "failed",
        failure: { kind: "launch", message: "No executor of this runtime can run this step.", final: true },
      });
      return;
    }
    this.#host.keepDeadline(this);
    this.#isTakingMessages = takesMessages(executor, this.step);
    this.#messages?.open(this.#isTakingMessages);
    const broken = (error: unknown): void => this.#end(executorFailed(textOf(error)));
    const scope = (this.#scope = this.#host.scopeOf?.(this.step.id, this.number));
    try {
      const work = scope?.enter === undefined ? executor.execute(this) : scope.enter(() => executor.execute(this));
      work.then((ended) => this.#end(this.#checked(ended)), broken);
    } catch (error) {
      broken(error);
    }
  }

  /** Tells the work to stop; again with `force` if it was asked before. */
  requestStop(cause: StopCause, force: boolean): void {
    if (this.#isOver) return;
    const graceMs = force ? 0 : this.#host.abortGraceMs;
    this.#request = { cause, graceMs, force };
    this.#giveUp?.cancel();
    const { clock } = this.#host;
    this.#giveUp = clock.setTimer(clock.now() + graceMs + limits.attemptGiveUpMs, () => this.#abandon());
    for (const listener of this.#listeners ?? []) this.#tell(listener, this.#request);
  }

  /** The attempt is over for the journal; what its executor still says is not heard. */
  dispose(): void {
    this.#isOver = true;
    this.#giveUp?.cancel();
    this.#throttle?.close();
  }

  get run(): RunId {
    return this.#host.run;
  }

  get owner(): AttemptOwner {
    return this.#host.owner();
  }

  get graph(): GraphDocument {
    return this.#host.graph;
  }

  get definition(): AgentDefinition | undefined {
    return this.#host.definitionOf(this.step);
  }

  get root(): string {
    return this.#host.root;
  }

  get place(): Place | undefined {
    return this.#host.placeOf(this.step);
  }

  get variables(): Readonly<Record<string, string>> | undefined {
    return this.#scope?.variables;
  }

  get upstream(): readonly Upstream[] {
    this.#upstream ??= this.#host.upstreamOf(this.step);
    return this.#upstream;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  passDeadline(): void {
    this.#host.timeOut(this.step.id, this.number);
  }

  get stop(): StopSignal {
    return this;
  }

  get request(): StopRequest | undefined {
    return this.#request;
  }

  onRequest(listener: (request: StopRequest) => void): void {
    (this.#listeners ??= []).push(listener);
    if (this.#request !== undefined) this.#tell(listener, this.#request);
  }

  text(stream: string, text: string): void {
    if (!this.#isOver) this.#progress().text(stream, text);
  }

  note(message: string, fraction?: number): void {
    if (!this.#isOver) this.#progress().note(message, fraction);
  }

  tool(call: ToolReport): void {
    if (!this.#isOver) this.#progress().tool(call);
  }

  onMessage(listener: (message: Message) => void): void {
    if (!this.#isOver) this.#inbound().listen(listener);
  }

  /** A message that was committed as sent to this attempt. */
  deliver(sent: SentMessage): void {
    if (!this.#isOver) this.#inbound().deliver(sent);
  }

  diagnostic(code: string, severity: "info" | "warning" | "error", message: string): void {
    const attempt = `Attempt ${this.number} of step ${this.step.id}`;
    (this.#diagnostics ??= new AttemptDiagnostics()).tell(code, severity, message, attempt, (...told) =>
      this.#host.diagnose(...told, this.step.id, this.#isOver),
    );
  }

  async createArtifact(label: string): Promise<ArtifactWriter> {
    if (this.#isOver) {
      // The run may be cleaned up by now, and its id that of another.
      const message = `Attempt ${this.number} of step ${this.step.id} is over, so it keeps nothing more.`;
      throw new RunfoldError("artifact.failed", message);
    }
    const name = `${this.step.id}.${this.number}.${label}`;
    const writer = await this.#host.artifacts.create(this.#host.place, name);
    return {
      write: (bytes) => writer.write(bytes),
      discard: () => writer.discard(),
      commit: async () => {
        const artifact = await writer.commit();
        (this.#stored ??= []).push(artifact);
        return artifact;
      },
    };
  }

  readArtifact(artifact: ArtifactRef): AsyncIterable<Uint8Array> {
    return this.#host.artifacts.read(this.#host.place, artifact);
  }

  artifactPath(artifact: ArtifactRef): Promise<string | undefined> {
    return this.#host.artifacts.path(this.#host.place, artifact);
  }

  /** A listener that throws has not stopped its work; the grace and the giving up are there for that. */
  #tell(listener: (request: StopRequest) => void, request: StopRequest): void {
    try {
      listener(request);
    } catch (error) {
      this.diagnostic(
        "stop-listener-failed",
        "warning",
        `What step ${this.step.id} was to stop by failed: ${textOf(error)}`,
      );
    }
  }

  #progress(): ProgressThrottle {
    this.#throttle ??= new ProgressThrottle(this.#host.clock, (report) =>
      this.#host.report({ type: "step.progress", step: this.step.id, attempt: this.number, report }),
    );
    return this.#throttle;
  }

  #checked(ended: AttemptResult): AttemptResult {
    const result = checkedResult(ended);
    if (result.usage === undefined && ended?.usage !== undefined) {
      this.diagnostic(
        "usage-invalid",
        "warning",
        `What step ${this.step.id} asked of models was told in no known form.`,
      );
    }
    return result;
  }

  /** Most attempts are sent nothing, and pay nothing for it. */
  #inbound(): AttemptMessages {
    if (this.#messages === undefined) {
      this.#messages = new AttemptMessages((report) => {
        if (!this.#isOver) this.#host.report(report);
      });
      if (this.#isTakingMessages !== undefined) this.#messages.open(this.#isTakingMessages);
    }
    return this.#messages;
  }

  #end(result: AttemptResult): void {
    if (this.#isOver) return;
    const { step, number: attempt } = this;
    const artifacts = this.#stored === undefined ? {} : { artifacts: this.#stored };
    const usage = result.usage === undefined ? {} : { usage: result.usage };
    this.dispose();
    if (result.type === "succeeded") {
      const { output } = result;
      this.#host.report({ type: "step.succeed", step: step.id, attempt, output, ...artifacts, ...usage });
      return;
    }
    const { failure, partial } = result;
    this.#host.report({
      type: "step.fail",
      step: step.id,
      attempt,
      failure: boundedFailure(failure),
      ...(partial === undefined ? {} : { partial }),
      ...artifacts,
      ...usage,
      // Chance is drawn only where a retry may use it, so that it is recorded only there.
      jitter: step.retry === undefined ? 0 : this.#host.entropy.fraction(),
    });
  }

  #abandon(): void {
    const request = this.#request;
    if (this.#isOver || request === undefined) return;
    this.diagnostic(
      "step-abandoned",
      "warning",
      `Step ${this.step.id} did not end after it was told to stop. It was given up; its work may still be going on.`,
    );
    this.#end({ type: "failed", failure: stopped(request, "It did not end when told to, and was given up.") });
  }
}

function stopped(request: StopRequest, message: string): Failure {
  return { kind: request.cause === "timedOut" ? "timedOut" : "aborted", message };
}
