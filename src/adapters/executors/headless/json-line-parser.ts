import { isRecord, type Fields } from "../../../domain/fields.ts";
import { Account } from "./account.ts";
import { BoundedSink } from "./bounded-sink.ts";
import type { LineParser, ParserSink } from "./line-parser.ts";
import { endingOf } from "./parsed-ending.ts";

/** Reads the records of one program into an account. */
export interface RecordReader {
  read(record: Fields): void;
}

export type MakeReader = (sink: ParserSink, account: Account) => RecordReader;

/** A parser for a program that writes one JSON object a line. Other lines are told and passed over. */
export function jsonLineParser(program: string, sink: ParserSink, makeReader: MakeReader): LineParser {
  const bounded = new BoundedSink(sink);
  const account = new Account(bounded);
  const reader = makeReader(bounded, account);
  return {
    line(text) {
      if (text.trim() === "") return;
      const record = parsed(text);
      if (record !== undefined) reader.read(record);
      else
        bounded.diagnostic(
          "agent-line-unreadable",
          "warning",
          `${program} wrote a line that is no record: ${text.trim()}`,
        );
    },
    unreadLine(bytes) {
      bounded.diagnostic(
        "agent-line-too-long",
        "warning",
        `${program} wrote a line of ${bytes} bytes, which was not read.`,
      );
    },
    end(exit) {
      bounded.close();
      return endingOf(program, account, exit);
    },
  };
}

function parsed(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
