import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
/** Opens a database with the prebuilt library. It is loaded only here: other Nodes and other journals do not need it. */
export function openLibsql(location, options) {
  const Database = createRequire(import.meta.url)("libsql");
  const database = new Database(options.readOnly ? readOnlyUri(location) : location);
  return {
    exec: (sql) => database.exec(sql),
    prepare: (sql) => prepare(database, sql),
    isInTransaction: () => database.inTransaction,
    close: () => database.close(),
  };
}
/** The library has no option for it, but SQLite understands it in a URI. */
function readOnlyUri(location) {
  return location.startsWith("file:") ? location : `${pathToFileURL(location).href}?mode=ro`;
}
/**
 * The library never resets a statement: one that is not run to its end (`get`) keeps a read transaction open and sees old data
 * for ever, and one that failed may keep its locks. So only `run` and `all` are used, and a statement that failed is given up.
 */
function prepare(database, sql) {
  let prepared;
  const attempt = (use) => {
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
function asArrays(statement) {
  return statement.reader ? statement.raw() : statement;
}
