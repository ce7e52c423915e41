import { exitText } from "../../../domain/exit-text.ts";
import { Account } from "./account.ts";
import { BoundedSink } from "./bounded-sink.ts";
import type { LineParser, ParserSink } from "./line-parser.ts";
import { endingOf } from "./parsed-ending.ts";

/** Any program that writes its answer to stdout and nothing else: `claude -p`, `codex exec`, `pi -p`. Its exit alone decides. */
export function textParser(sink: ParserSink): LineParser {
  const bounded = new BoundedSink(sink);
  const account = new Account(bounded);
  return {
    line(text) {
      account.say(`${text}\n`);
    },
    unreadLine(bytes) {
      account.text.isCut = true;
      bounded.diagnostic("agent-line-too-long", "warning", `A line of ${bytes} bytes was not read.`);
    },
    end(exit) {
      if (exit.code === 0) account.done();
      else account.failed("agent-exit", `The program ${exitText(exit)}.`);
      const wasCut = account.text.isCut;
      account.text.set(account.text.toString().trim());
      account.text.isCut = wasCut;
      return endingOf("The program", account, exit);
    },
  };
}
