/** Searches for something once for everybody who asks at the same time. */
export class MergedSearch<Found> {
  private readonly search: () => Promise<readonly Found[]>;
  private current: Promise<readonly Found[]> | undefined;
  private next: Promise<readonly Found[]> | undefined;

  constructor(search: () => Promise<readonly Found[]>) {
    this.search = search;
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
    const search = this.search().finally(() => {
      if (this.current === search) this.current = undefined;
    });
    this.current = search;
    return search;
  }
}
