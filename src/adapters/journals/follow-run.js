/**
 * Pages of one life of a run, from `after` on, until the run is deleted or the source has ended.
 *
 * A run that is not yet known is waited for, except after a position above 0: such a run existed, so it was deleted.
 */
export async function* followRun(source, after) {
  let place = after;
  let life;
  while (!source.hasEnded()) {
    const page = source.page(place);
    if (life !== undefined ? page.life !== life : page.life === undefined && place > 0) return;
    life = page.life;
    const last = page.commits.at(-1);
    if (last === undefined) {
      await source.changed();
    } else {
      place = last.position;
      yield page.commits;
    }
  }
}
