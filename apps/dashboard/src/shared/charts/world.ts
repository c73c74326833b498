import type { Geometry, Position } from 'geojson';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
// Natural Earth's countries at 1:110 million, through world-atlas (ISC). As text: parsing JSON beats parsing a module.
import atlas from 'world-atlas/countries-110m.json?raw';
import { alpha2Of } from './iso3166.js';

const ANTARCTICA = '010';

type Ring = Position[];

/** A ring over the date line (Russia, Fiji) goes on past 180° instead of running back across the whole map. */
function unwrap(ring: Ring): Ring {
  const longitudes = ring.map(([longitude = 0]) => longitude);
  if (Math.max(...longitudes) - Math.min(...longitudes) <= 180) return ring;
  return ring.map(([longitude = 0, latitude = 0]) => [longitude < 0 ? longitude + 360 : longitude, latitude]);
}

function unwrapped(geometry: Geometry): Geometry {
  if (geometry.type === 'Polygon') return { ...geometry, coordinates: geometry.coordinates.map(unwrap) };
  if (geometry.type !== 'MultiPolygon') return geometry;
  return { ...geometry, coordinates: geometry.coordinates.map((polygon) => polygon.map(unwrap)) };
}

/** Country borders as GeoJSON text, each country named by its ISO 3166-1 alpha-2 code, as ECharts' maps match by name. */
export function worldGeoJson(): string {
  const topology: Topology<{ countries: GeometryCollection }> = JSON.parse(atlas);
  const { features } = feature(topology, topology.objects.countries);
  return JSON.stringify({
    type: 'FeatureCollection',
    features: features
      .filter((country) => country.id !== ANTARCTICA)
      .map((country) => ({
        type: 'Feature',
        geometry: unwrapped(country.geometry),
        properties: { name: alpha2Of(String(country.id ?? '')) ?? '' },
      })),
  });
}
