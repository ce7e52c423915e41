import { openLibsql } from "./sqlite-libsql.js";
import { openNodeSqlite } from "./sqlite-node.js";
/**
 * The built-in module where it is good, else the prebuilt library.
 *
 * Before 24.16 Node's own SQLite cuts texts at a NUL character and warns that it is experimental.
 */
export function chooseSqlite(nodeVersion = process.versions.node) {
  const [major = 0, minor = 0] = nodeVersion.split(".").map(Number);
  const isGood = major > 24 || (major === 24 && minor >= 16);
  return isGood && process.getBuiltinModule?.("node:sqlite") !== undefined ? openNodeSqlite : openLibsql;
}
