import { createRequire } from "node:module";
import type { SqliteDriver, SqliteValue } from "./sqlite-driver.ts";

/** What is used of `node:sqlite`. The types of the oldest supported Node do not know the module. */
interface NodeSqlite {
  readonly DatabaseSync: new (location: string, options: { readonly readOnly: boolean }) => NodeDatabase;
}

interface NodeDatabase {
  readonly isTransaction: boolean;
  exec(sql: string): void;
  prepare(sql: string): NodeStatement;
  close(): void;
}

interface NodeStatement {
  setReturnArrays(enabled: boolean): void;
  run(...parameters: SqliteValue[]): { readonly changes: number | bigint };
  all(...parameters: SqliteValue[]): SqliteValue[][];
}

/** Opens a database with Node's own SQLite. */
export function openNodeSqlite(location: string, options: { readonly readOnly: boolean }): SqliteDriver {
  const { DatabaseSync }: NodeSqlite = createRequire(import.meta.url)("node:sqlite");
  const database = new DatabaseSync(location, options);
  return {
    exec: (sql) => database.exec(sql),
    prepare(sql) {
      const statement = database.prepare(sql);
      statement.setReturnArrays(true);
      return {
        run: (...parameters) => Number(statement.run(...parameters).changes),
        rows: (...parameters) => statement.all(...parameters),
      };
    },
    isInTransaction: () => database.isTransaction,
    close: () => database.close(),
  };
}
