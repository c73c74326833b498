export {
  EVENT_COLUMNS,
  EVENT_SELECT,
  FIELD_COLUMN,
  TEXT_COLUMNS,
  rowToWireEvent,
  severityRankOf,
  type EventColumn,
  type EventRow,
} from './columns.js';
export { copyEvents } from './copy/copy-events.js';
export { EventRowEncoder, NUL_LABEL } from './copy/row-encoder.js';
export { DAY_MS, EventPartitions, dayOf } from './partitions.js';
export { storableJson, storableText } from './storable.js';
export { decodeCursor, encodeCursor, timeCursorSchema } from './read/cursor.js';
export { EventOverviewReader, type EventOverview } from './read/event-overview.js';
export { EventReader, type EventPage, type Histogram } from './read/event-reader.js';
export { containing, Statement } from './read/statement.js';
export type { TenantSql } from './read/tenant-sql.js';
export { rangeOf } from './read/where.js';
