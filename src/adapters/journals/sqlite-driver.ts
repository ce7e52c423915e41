export type SqliteValue = string | number | Uint8Array | null;

/** The little of SQLite that the journal needs; everything is synchronous. Errors carry SQLite's result code. */
export interface SqliteDriver {
  /** Runs statements without results or parameters. */
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement;
  /** Whether a transaction is open; some errors end it by themselves. */
  isInTransaction(): boolean;
  close(): void;
}

export interface SqliteStatement {
  /** Runs to the end; returns how many rows changed. */
  run(...parameters: SqliteValue[]): number;
  /**
   * Runs to the end, so that no read transaction stays open; rows are arrays in the order of the columns. Texts that the disk may
   * have damaged are asked for as BLOB: at one that is no UTF-8, a driver ends the whole process.
   */
  rows(...parameters: SqliteValue[]): SqliteValue[][];
}

/** @param location a path, or with `isUri` a `file:` URI. */
export type OpenSqlite = (location: string, options: { readonly readOnly: boolean }) => SqliteDriver;
