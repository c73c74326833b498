import { Injectable } from '@nestjs/common';
import {
  detectorSettingsSchema,
  namedException,
  severitySchema,
  type Detector,
  type DetectorException,
  type endpoints,
  type ParsedOf,
  type ResponseOf,
} from '@parapet/contracts';
import { DETECTORS, type Detector as BuiltIn } from '@parapet/detection';
import { NotFoundError } from '@parapet/errors';
import { AuditService } from '../core/audit.service.js';
import type { Principal } from '../http/principal.js';
import { DetectorsRepository, type DetectorRow } from './detectors.repository.js';

@Injectable()
export class DetectorsService {
  constructor(
    private readonly detectors: DetectorsRepository,
    private readonly audit: AuditService,
  ) {}

  async list({ tenantId }: Principal): Promise<ResponseOf<typeof endpoints.listDetectors>> {
    return { items: await this.all(tenantId), nextCursor: null };
  }

  /** @throws NotFoundError */
  async get({ tenantId }: Principal, id: string): Promise<Detector> {
    const detector = (await this.all(tenantId)).find((each) => each.id === id);
    if (!detector) throw new NotFoundError('detector');
    return detector;
  }

  /** @throws NotFoundError */
  async update(
    caller: Principal,
    id: string,
    change: ParsedOf<typeof endpoints.updateDetector>['body'],
  ): Promise<Detector> {
    await this.detectors.within(caller.tenantId, async (tx) => {
      if (!(await this.detectors.change(tx, id, change))) throw new NotFoundError('detector');
      const { exceptions, ...plain } = change;
      const details = exceptions ? { ...plain, exceptions: exceptions.map(inWords) } : plain;
      await this.audit.record(tx, caller, { action: 'detector.updated', target: id, details });
    });
    return this.get(caller, id);
  }

  /** Every built-in detector; a tenant older than one of them gets its row now. */
  private async all(tenantId: string): Promise<Detector[]> {
    let rows = await this.detectors.list(tenantId);
    const missing = DETECTORS.filter(({ kind }) => !rows.some((row) => row.kind === kind));
    if (missing.length > 0) {
      await this.detectors.add(
        tenantId,
        missing.map(({ kind, defaults }) => ({ kind, ...defaults })),
      );
      rows = await this.detectors.list(tenantId);
    }
    const alerts = await this.detectors.recentAlerts(tenantId);
    return DETECTORS.flatMap((builtIn) => {
      const row = rows.find(({ kind }) => kind === builtIn.kind);
      return row ? [describe(builtIn, row, alerts.get(builtIn.kind) ?? 0)] : [];
    });
  }
}

/** An exception as the audit log shows it. */
function inWords(exception: DetectorException): string {
  const { kind, value, expiresAt } = namedException(exception);
  return `${kind} ${value}${expiresAt === undefined ? '' : ` until ${expiresAt}`}`;
}

function describe(builtIn: BuiltIn, row: DetectorRow, alertsLast24h: number): Detector {
  const { kind, name, description, technique, labels, defaults } = builtIn;
  return {
    id: row.id,
    kind,
    name,
    description,
    technique,
    labels,
    defaults,
    enabled: row.enabled,
    threshold: row.threshold,
    windowSeconds: row.windowSeconds,
    severity: severitySchema.parse(row.severity),
    exceptions: detectorSettingsSchema.shape.exceptions.parse(row.exceptions),
    alertsLast24h,
    updatedAt: row.updatedAt.toISOString(),
  };
}
