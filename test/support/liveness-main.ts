/** Says of the owner that it is given as JSON whether it lives, as a process sees it that may be in another pid namespace. */
import { livenessOf, thisProcess } from "../../src/adapters/owners/process-owner.ts";

console.log(JSON.stringify({ liveness: livenessOf(JSON.parse(process.argv[2]!)), self: livenessOf(thisProcess()) }));
