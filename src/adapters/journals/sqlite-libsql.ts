import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import type { SqliteDriver, SqliteStatement, SqliteValue } from "./sqlite-driver.ts";

/** What is used of `libsql`. Its own types describe another library. */
type Libsql = new (location: string) => LibsqlDatabase;

interface LibsqlDatabase {
  readonly inTransaction: boolean;
  exec(sql: string): void;
  prepare(sql: string): LibsqlStatement;
  close(): void;
}

interface LibsqlStatement {
  /** Whether it returns rows. */
  readonly reader: boolean;
  raw(): this;
  run(parameters: readonly SqliteValue[]): { readonly changes: number };
  all(parameters: readonly SqliteValue[]): SqliteValue[][];
}

/** Opens a database with the prebuilt library. It is loaded only here: other Nodes and other journals do not need it. */
export function openLibsql(location: string, options: { readonly readOnly: boolean }): SqliteDriver {
  const Database: Libsql = createRequire(import.meta.url)("libsql");
  const database = new Database(options.readOnly ? readOnlyUri(location) : location);
  let isOpen = true;
  return {
    exec: (sql) => database.exec(sql),
    prepare: (sql) => prepare(database, sql),
    // The library ends the whole process when a closed database is asked.
    isInTransaction: () => isOpen && database.inTransaction,
    close() {
      isOpen = false;
      database.close();
    },
  };
}

/** The library has no option for it, but SQLite understands it in a URI. */
function readOnlyUri(location: string): string {
  return location.startsWith("file:") ? location : `${pathToFileURL(location).href}?mode=ro`;
}

/**
 * The library never resets a statement: one that is not run to its end (`get`) keeps a read transaction open and sees old data
 * for ever, and one that failed may keep its locks. So only `run` and `all` are used, and a statement that failed is given up.
 */
function prepare(database: LibsqlDatabase, sql: string): SqliteStatement {
  let prepared: LibsqlStatement | undefined;
  const attempt = <Result>(use: (statement: LibsqlStatement) => Result): Result => {
    const statement = (prepared ??= asArrays(database.prepare(sql)));
    try {
      return use(statement);
    } catch (error) {
      prepared = undefined;
      throw error;
    }
  };
  attempt(() => undefined);
  return {
    run: (...parameters) => attempt((statement) => statement.run(parameters).changes),
    rows: (...parameters) => attempt((statement) => statement.all(parameters)),
  };
}

function asArrays(statement: LibsqlStatement): LibsqlStatement {
  return statement.reader ? statement.raw() : statement;
}
