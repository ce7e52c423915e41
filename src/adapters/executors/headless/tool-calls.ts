import { limits } from "../../../domain/limits.ts";
import { toolSummary } from "../../../domain/tool-summary.ts";
import type { ParserSink } from "./line-parser.ts";

/** Tells of tool calls. Most programs name the tool where a call starts, and only the call where it ends. */
export class ToolCalls {
  private readonly sink: ParserSink;
  private readonly open = new Map<string, string>();

  constructor(sink: ParserSink) {
    this.sink = sink;
  }

  started(call: string | undefined, tool: string, asked: unknown): void {
    if (call !== undefined) {
      // A program that never ends its calls loses the names of the oldest, not the calls.
      const oldest = this.open.size >= limits.headlessOpenCallsMax ? this.open.keys().next().value : undefined;
      if (oldest !== undefined) this.open.delete(oldest);
      this.open.set(call, tool);
    }
    this.tell("started", call, tool, asked);
  }

  ended(call: string | undefined, tool: string | undefined, result: unknown, isError: boolean): void {
    const named = tool ?? (call === undefined ? undefined : this.open.get(call)) ?? "tool";
    if (call !== undefined) this.open.delete(call);
    this.tell("ended", call, named, result, isError);
  }

  /** Whether a call has started and not ended. */
  isOpen(call: string | undefined): boolean {
    return call !== undefined && this.open.has(call);
  }

  private tell(
    phase: "started" | "ended",
    call: string | undefined,
    tool: string,
    about: unknown,
    isError?: boolean,
  ): void {
    const summary = toolSummary(about);
    this.sink.tool({
      tool,
      phase,
      ...(call === undefined ? {} : { call }),
      ...(isError === undefined ? {} : { isError }),
      ...(summary === "" ? {} : { summary }),
    });
  }
}
