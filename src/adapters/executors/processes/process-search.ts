import { searchProcesses } from "./process-table.ts";

/** Looks through all processes, once for everybody who asks at the same time: reading them all takes long where there are many. */
export class ProcessSearch<Found> {
  private readonly look: (pid: number) => Promise<Found | undefined>;
  private current: Promise<readonly Found[]> | undefined;
  private next: Promise<readonly Found[]> | undefined;

  constructor(look: (pid: number) => Promise<Found | undefined>) {
    this.look = look;
  }

  /** What a search found that began after the call. */
  run(): Promise<readonly Found[]> {
    if (this.current === undefined) return this.begin();
    this.next ??= this.current.then(
      () => this.begin(),
      () => this.begin(),
    );
    return this.next;
  }

  private begin(): Promise<readonly Found[]> {
    this.next = undefined;
    const search = searchProcesses(this.look).finally(() => {
      if (this.current === search) this.current = undefined;
    });
    this.current = search;
    return search;
  }
}
