import type { Observation, TrailPoint, WindowRegion } from '../windows/window.js';

/** Hits (by time) at most `apartMs` from one to the next, as regions; those without one of the batch's own are left out. */
export function hitRegions(
  hits: readonly TrailPoint[],
  own: readonly Observation[],
  apartMs: number,
): WindowRegion[] {
  const ownById = new Map(own.map((one) => [one.id, one]));
  const regions: WindowRegion[] = [];
  for (const { id, time } of hits) {
    let region = regions.at(-1);
    if (region === undefined || time - region.to > apartMs) {
      region = { from: time, to: time, own: [], others: [] };
      regions.push(region);
    }
    region.to = time;
    const mine = ownById.get(id);
    if (mine === undefined) region.others.push({ id, time });
    else region.own.push(mine);
  }
  return regions.filter((region) => region.own.length > 0);
}
