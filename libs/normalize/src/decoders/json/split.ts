import { isJsonRecord } from './json-record.js';
import type { JsonRecord } from './json-record.js';

/** Records that are taken out of one; a record that holds more stays as it is. */
const MAX_PARTS = 20_000;
/** Longest name of CloudWatch's that every part gets. */
const MAX_NAME = 512;

/** The parts of one service's list, if the record is one; `list` is what stands below `name`. */
interface Shape {
  name: string;
  /** Whether the rest of the record says that this is the service's list, and no application's field of the same name. */
  is(record: JsonRecord): boolean;
  part?(one: JsonRecord, record: JsonRecord): JsonRecord;
}

const standsAlone = (record: JsonRecord): boolean => Object.keys(record).length === 1;

const shortText = (value: unknown): string | undefined =>
  typeof value === 'string' ? value.slice(0, MAX_NAME) : undefined;

/** A CloudWatch message with one event. Of its other names only short known ones: they are repeated for each part. */
function logEvent(one: JsonRecord, { messageType, owner, logGroup, logStream }: JsonRecord): JsonRecord {
  return {
    messageType: shortText(messageType),
    owner: shortText(owner),
    logGroup: shortText(logGroup),
    logStream: shortText(logStream),
    logEvents: [one],
  };
}

const SHAPES: readonly Shape[] = [
  // AWS: CloudTrail's files, S3's and SES's notifications.
  { name: 'Records', is: standsAlone },
  // Azure: diagnostic logs by Event Hubs.
  { name: 'records', is: standsAlone },
  // AWS: CloudWatch Logs subscriptions.
  { name: 'logEvents', is: ({ messageType }) => messageType === 'DATA_MESSAGE', part: logEvent },
  // Microsoft Graph: a page of a list (OData 4.01, JSON format 12).
  { name: 'value', is: (record) => typeof record['@odata.context'] === 'string' },
  // Google Workspace: Reports API, activities.list.
  { name: 'items', is: ({ kind }) => kind === 'admin#reports#activities' },
];

/**
 * The records that a service delivers as one: each is an event of its own. `[record]` for everything else, and for lists with
 * anything but objects in them.
 */
export function splitRecords(record: JsonRecord): readonly JsonRecord[] {
  for (const { name, is, part } of SHAPES) {
    const list = record[name];
    if (!Array.isArray(list) || !is(record)) continue;
    if (list.length < 2 || list.length > MAX_PARTS || !list.every(isJsonRecord)) return [record];
    return part === undefined ? list : list.map((one) => part(one, record));
  }
  return [record];
}
