import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compatibilityRows } from "./compatibility-page.ts";
import { rowsNotShown, type TestResults } from "./tests-that-ran.ts";

// `npm run compatibility -- RESULTS`: holds docs/compatibility.md to the results of a whole test run. Ends with 1, and a line for each
// test that the page names and that did not pass, where there is one.
const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error("Name the file with the results: npm test -- --reporter=json --outputFile.json=FILE");
  process.exit(2);
}
const results = JSON.parse(readFileSync(file, "utf8")) as TestResults;
const problems = rowsNotShown(compatibilityRows, results, fileURLToPath(new URL("../..", import.meta.url)));
for (const problem of problems) console.error(problem);
const named = compatibilityRows.reduce((sum, { tests }) => sum + tests.length, 0);
console.log(`${compatibilityRows.length} rows name ${named} tests; ${problems.length} of them did not pass.`);
process.exitCode = problems.length === 0 ? 0 : 1;
