import { memoryJournal } from "../../../src/adapters/journals/memory-journal.ts";
import { journalSuite } from "./journal-suite.ts";

journalSuite("in memory", {
  open: memoryJournal,
  capabilities: {
    shared: "what is in one object's memory belongs to that object",
    persistent: "nothing survives close",
    versioned: "it keeps what this very version made",
  },
});
