import { cutText } from "../../../domain/cut-text.ts";
import { limits } from "../../../domain/limits.ts";
import type { ParserSink } from "./line-parser.ts";

/** Lets so many diagnostics of one program through; the rest is counted, and told once. */
export class BoundedSink implements ParserSink {
  private readonly sink: ParserSink;
  private count = 0;

  constructor(sink: ParserSink) {
    this.sink = sink;
  }

  text(stream: string, delta: string): void {
    this.sink.text(stream, delta);
  }

  tool(call: Parameters<ParserSink["tool"]>[0]): void {
    this.sink.tool(call);
  }

  diagnostic(code: string, severity: "info" | "warning" | "error", message: string): void {
    this.count += 1;
    if (this.count > limits.headlessDiagnosticsMax) return;
    this.sink.diagnostic(code, severity, cutText(message, limits.headlessComplaintCharsMax));
  }

  /** Tells how many were left out. */
  close(): void {
    const left = this.count - limits.headlessDiagnosticsMax;
    if (left <= 0) return;
    const message = `The program gave cause for ${left} more diagnostics, which are left out; its output is kept.`;
    this.sink.diagnostic("agent-diagnostics-limited", "warning", message);
  }
}
