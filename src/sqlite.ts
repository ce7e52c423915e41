/** The entry point `runfold/sqlite`: journals in a file. Apart, so that nobody else loads SQLite. */
export { sqliteJournal, type SqliteJournalOptions } from "./adapters/journals/sqlite-journal.ts";
