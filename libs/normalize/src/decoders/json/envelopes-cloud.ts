import type { DecodeContext } from '../decoder.js';
import type { Wrapped } from './envelopes.js';
import { isJsonRecord, parseJsonRecord, textAt, valueAt } from './json-record.js';
import type { JsonRecord } from './json-record.js';
import { instant } from './values.js';

/** Wazuh's modules put a service's record below its name: {"integration":"github","github":{…}}. */
export function integration(record: JsonRecord): Wrapped | undefined {
  const name = textAt(record, 'integration');
  if (name === undefined) return undefined;
  const inner = valueAt(record, name);
  return isJsonRecord(inner)
    ? { record: inner, fields: { 'labels.integration': name.slice(0, 64) } }
    : undefined;
}

/** Lists that services deliver their records in; a list of one is that record. */
const LISTS = ['Records', 'records', 'logEvents'];

/** {"Records":[{…}]} (CloudTrail, S3), {"records":[…]} (Azure), CloudWatch's subscription; EventBridge's {"detail-type":…,"detail":{…}}. */
export function onlyElement(record: JsonRecord, context: DecodeContext): Wrapped | undefined {
  const detail = valueAt(record, 'detail');
  if (record['detail-type'] !== undefined && isJsonRecord(detail)) {
    const detailType = textAt(record, 'detail-type');
    return {
      record: detail,
      time: instant(record.time, context),
      fields: {
        'aws.eventbridge.detail_type': detailType,
        'cloud.account.id': textAt(record, 'account'),
        'cloud.region': textAt(record, 'region'),
      },
    };
  }
  for (const name of LISTS) {
    const list = record[name];
    if (!Array.isArray(list) || list.length !== 1) continue;
    const only: unknown = list[0];
    if (!isJsonRecord(only)) continue;
    const text = name === 'logEvents' ? textAt(only, 'message') : undefined;
    if (text === undefined) return { record: only };
    const inner = parseJsonRecord(text.trim());
    return {
      ...(inner ? { record: inner } : { text }),
      time: instant(only.timestamp, context),
      fields: {
        'cloud.account.id': textAt(record, 'owner'),
        'aws.cloudwatch.log_group': textAt(record, 'logGroup'),
        'aws.cloudwatch.log_stream': textAt(record, 'logStream'),
      },
    };
  }
  return undefined;
}
