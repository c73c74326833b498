import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
// Natural Earth's countries at 1:110 million, through world-atlas (ISC). As text: parsing JSON beats parsing a module.
import atlas from 'world-atlas/countries-110m.json?raw';
import { alpha2Of } from './iso3166.js';

const ANTARCTICA = '010';

/** Country borders as GeoJSON text, each country named by its ISO 3166-1 alpha-2 code, as ECharts' maps match by name. */
export function worldGeoJson(): string {
  const topology: Topology<{ countries: GeometryCollection }> = JSON.parse(atlas);
  const { features } = feature(topology, topology.objects.countries);
  return JSON.stringify({
    type: 'FeatureCollection',
    features: features
      .filter((country) => country.id !== ANTARCTICA)
      .map((country) => ({ ...country, properties: { name: alpha2Of(String(country.id ?? '')) ?? '' } })),
  });
}
