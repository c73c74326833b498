import { z } from 'zod';
import { MmdbReader } from './mmdb.js';
import type { MmdbFile } from './mmdb.js';

const NAMES = {
  is_anonymous_vpn: 'vpn',
  is_hosting_provider: 'hosting_provider',
  is_public_proxy: 'public_proxy',
  is_residential_proxy: 'residential_proxy',
  is_tor_exit_node: 'tor_exit_node',
} as const;
type Flag = keyof typeof NAMES;

const recordSchema = z.partialRecord(
  z.enum(['is_anonymous', ...(Object.keys(NAMES) as Flag[])]),
  z.boolean(),
);

/** What an address hides behind: `vpn`, `tor_exit_node`, …; from a GeoIP2 Anonymous IP database. */
export class AnonymizerReader extends MmdbReader<string[]> {
  /** @throws GeoDatabaseError */
  static open(files: readonly MmdbFile[]): AnonymizerReader {
    return new AnonymizerReader(files, {
      accepts: /anonymous/i,
      holds: 'anonymous networks',
      toRecord: (record) => {
        const parsed = recordSchema.safeParse(record);
        if (!parsed.success) return null;
        return Object.entries(NAMES).flatMap(([flag, name]) => (parsed.data[flag as Flag] ? [name] : []));
      },
    });
  }
}
