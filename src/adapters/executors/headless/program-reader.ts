import type { Fields } from "../../../domain/fields.ts";
import type { Account } from "./account.ts";
import type { RecordReader } from "./json-line-parser.ts";
import type { ParserSink } from "./line-parser.ts";
import { ToolCalls } from "./tool-calls.ts";

/** What the readers of all programs work with: where to tell, what came of it so far, and the calls under way. */
export abstract class ProgramReader implements RecordReader {
  protected readonly sink: ParserSink;
  protected readonly account: Account;
  protected readonly tools: ToolCalls;

  constructor(sink: ParserSink, account: Account) {
    this.sink = sink;
    this.account = account;
    this.tools = new ToolCalls(sink);
  }

  abstract read(record: Fields): void;
}
