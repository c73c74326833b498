import { z } from 'zod';
import { MmdbReader } from './mmdb.js';
import type { MmdbFile } from './mmdb.js';

/** Whose network an address is in. */
export interface AutonomousSystem {
  number?: number;
  organization?: string;
}

/** GeoLite2/GeoIP2 ASN and ISP; DB-IP's ASN database has the same names. */
const recordSchema = z.object({
  autonomous_system_number: z.int().min(0).optional(),
  autonomous_system_organization: z.string().optional(),
});

/** Autonomous systems by address, from GeoLite2 ASN, GeoIP2 ISP or DB-IP ASN databases. */
export class AutonomousSystemReader extends MmdbReader<AutonomousSystem> {
  /** @throws GeoDatabaseError */
  static open(files: readonly MmdbFile[]): AutonomousSystemReader {
    return new AutonomousSystemReader(files, {
      accepts: /asn|isp/i,
      holds: 'autonomous systems',
      toRecord: (record) => {
        const parsed = recordSchema.safeParse(record);
        if (!parsed.success) return null;
        const { autonomous_system_number: number, autonomous_system_organization: organization } =
          parsed.data;
        return { number, organization };
      },
    });
  }
}
