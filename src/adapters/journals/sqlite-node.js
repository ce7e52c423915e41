import { createRequire } from "node:module";
/** Opens a database with Node's own SQLite. */
export function openNodeSqlite(location, options) {
  const { DatabaseSync } = createRequire(import.meta.url)("node:sqlite");
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
