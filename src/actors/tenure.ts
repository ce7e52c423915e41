import { RunfoldError } from "../domain/errors.ts";
import type { Owner } from "../domain/events.ts";
import type { EpochMs, RunId, RunLife } from "../domain/ids.ts";
import { limits } from "../domain/limits.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import { leaseName } from "./lease.ts";
import type { ProcessRecord } from "./process-record.ts";

/** Whether somebody still writes a run: nobody, somebody who is known to live, or somebody who gave a sign of life not long ago. */
export type Tenure = "vacant" | "held" | "leased";

/** What the question takes. */
export interface TenureParts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly owner: Owner;
  readonly record: ProcessRecord;
  livenessOf(owner: Owner): "alive" | "gone" | "unknown";
}

/** A run as far as the question goes. */
interface Tenant {
  readonly owner: Owner;
  readonly life: RunLife;
  /** When the run was last written: an owner that never gave another sign is taken for alive for as long. */
  readonly updatedAt: EpochMs;
}

/** Whether nobody writes a run any more, as far as can be told at once: `false` also for an owner whom nobody can look at. */
export function isVacant(
  parts: Pick<TenureParts, "owner" | "record" | "livenessOf">,
  { owner, life }: Tenant,
): boolean {
  if (isSame(owner, parts.owner)) return !parts.record.isWriting(life);
  return parts.livenessOf(owner) === "gone";
}

/** The same, with the signs of life of those whom nobody can look at. */
export async function tenureOf(parts: TenureParts, tenant: Tenant): Promise<Tenure> {
  if (isVacant(parts, tenant)) return "vacant";
  if (isSame(tenant.owner, parts.owner) || parts.livenessOf(tenant.owner) === "alive") return "held";
  const until = (await parts.journal.leaseOf(leaseName(tenant.owner))) ?? tenant.updatedAt + limits.leaseMs;
  return parts.clock.now() > until ? "vacant" : "leased";
}

/** Whoever wants a run that somebody else holds must say so. */
export function heldByAnother(run: RunId, { host, pid }: Owner, tenure: Exclude<Tenure, "vacant">): RunfoldError {
  const why =
    tenure === "held"
      ? `is written by process ${pid} on ${host}, which lives`
      : `was written by process ${pid} on ${host} a moment ago, and nobody can look there`;
  const message = `Run ${run} ${why}. Let it be, cancel it, or take it over by force: that process then loses it.`;
  return new RunfoldError("run.live", message, { details: { run, host, pid } });
}

function isSame(one: Owner, other: Owner): boolean {
  return one.host === other.host && one.pid === other.pid && one.processStart === other.processStart;
}
