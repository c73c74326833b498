import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** Why something was not carried on. Every drop has one of these reasons; a new reason is a new row here. */
export const DROP_REASONS = {
  udp_buffer_full: 'the ingestor was over its high-water mark when a datagram came',
  over_quota: 'the tenant was over its quota and the slower lane was full when a datagram came',
  unknown_sender: 'no tenant claims the sender; a sample is in quarantine',
  framing_error: 'the stream broke RFC 6587 framing and was closed',
  older_than_retention: 'the event is older than the tenant keeps; it is in the dead letters',
  poison: 'the event can’t be stored; it is in the dead letters',
  unknown_tenant: 'the tenant was removed after the event was accepted',
  unreadable_batch: 'a batch could not be unpacked; the job is kept as failed',
  unreadable_file:
    'a file in the drop directory could not be read to its end; it is in failed/ with the reason',
  spool_damaged: 'a file of the disk spool was damaged; its unreadable rest is set aside beside it',
} as const;
export type DropReason = keyof typeof DROP_REASONS;

export const registry = new Registry();
collectDefaultMetrics({ register: registry });

const registers = [registry];

/** Events by what became of them. `tenant` is the slug, or `unknown`. */
export const metrics = {
  received: new Counter({
    name: 'parapet_events_received_total',
    help: 'Frames received',
    labelNames: ['transport'],
    registers,
  }),
  accepted: new Counter({
    name: 'parapet_events_accepted_total',
    help: 'Events that are in Redis',
    labelNames: ['tenant'],
    registers,
  }),
  dropped: new Counter({
    name: 'parapet_events_dropped_total',
    help: 'Events not carried on, by reason',
    labelNames: ['tenant', 'reason'],
    registers,
  }),
  unparsed: new Counter({
    name: 'parapet_events_unparsed_total',
    help: 'Events kept as raw text only',
    labelNames: ['tenant'],
    registers,
  }),
  truncated: new Counter({
    name: 'parapet_frames_truncated_total',
    help: 'Frames over 64 KiB, of which the beginning was kept',
    labelNames: ['tenant'],
    registers,
  }),
  overQuota: new Counter({
    name: 'parapet_events_over_quota_total',
    help: 'Events that went to the slower lane because their tenant was over its quota',
    labelNames: ['tenant'],
    registers,
  }),
  redelivered: new Counter({
    name: 'parapet_events_redelivered_total',
    help: 'Events that a sender sent again after a lost acknowledgement, and that were not taken twice',
    registers,
  }),
  files: new Counter({
    name: 'parapet_files_total',
    help: 'Files of the drop directory by outcome',
    labelNames: ['tenant', 'outcome'],
    registers,
  }),
  spooled: new Counter({
    name: 'parapet_events_spooled_total',
    help: 'Events that went to disk because Redis was away',
    registers,
  }),
  spoolBytes: new Gauge({ name: 'parapet_spool_bytes', help: 'Size of the disk spool', registers }),
  connectionsClosed: new Counter({
    name: 'parapet_connections_closed_total',
    help: 'Log connections that we closed or refused, by reason',
    labelNames: ['transport', 'reason'],
    registers,
  }),
  udpKernelDrops: new Gauge({
    name: 'parapet_udp_kernel_drops',
    help: 'Datagrams that the kernel dropped because our receive buffer was full, since the start',
    registers,
  }),
  udpReceiveBuffer: new Gauge({
    name: 'parapet_udp_receive_buffer_bytes',
    help: 'Receive buffer that the kernel gave to syslog over UDP',
    registers,
  }),
  stored: new Counter({
    name: 'parapet_events_stored_total',
    help: 'Events stored in PostgreSQL',
    registers,
  }),
  duplicates: new Counter({
    name: 'parapet_batches_duplicate_total',
    help: 'Batches delivered again after they were stored',
    registers,
  }),
  detections: new Counter({
    name: 'parapet_detections_total',
    help: 'Detections by detector',
    labelNames: ['detector'],
    registers,
  }),
  correlationForgotten: new Counter({
    name: 'parapet_correlation_observations_forgotten_total',
    help: 'Observations that a Sigma correlation let go of because a group held too many',
    registers,
  }),
  alertsCreated: new Counter({
    name: 'parapet_alerts_created_total',
    help: 'Alerts created',
    labelNames: ['detector'],
    registers,
  }),
  notifications: new Counter({
    name: 'parapet_notifications_total',
    help: 'Notifications by channel and outcome',
    labelNames: ['channel', 'outcome'],
    registers,
  }),
  failures: new Counter({
    name: 'parapet_failures_total',
    help: 'Failed operations by component',
    labelNames: ['component', 'operation'],
    registers,
  }),
  connections: new Gauge({
    name: 'parapet_connections',
    help: 'Open log connections',
    labelNames: ['transport'],
    registers,
  }),
  buffered: new Gauge({
    name: 'parapet_buffered_events',
    help: 'Events received and not yet in Redis',
    registers,
  }),
  paused: new Gauge({ name: 'parapet_backpressure', help: '1 while senders are slowed', registers }),
  queueDepth: new Gauge({
    name: 'parapet_queue_batches',
    help: 'Batches waiting in Redis',
    labelNames: ['queue', 'state'],
    registers,
  }),
  lag: new Gauge({
    name: 'parapet_processing_lag_seconds',
    help: 'Age of the oldest event of the batch stored last',
    registers,
  }),
  stageSeconds: new Histogram({
    name: 'parapet_stage_seconds',
    help: 'Time a stage takes for a batch',
    labelNames: ['stage'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  }),
  httpSeconds: new Histogram({
    name: 'parapet_http_seconds',
    help: 'Time a request takes',
    labelNames: ['operation', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  }),
};

/** Counts a drop under its reason. */
export function countDrop(tenant: string, reason: DropReason, events = 1): void {
  metrics.dropped.inc({ tenant, reason }, events);
}

/** Counts a failed operation; the caller logs or rethrows. */
export function countFailure(component: string, operation: string): void {
  metrics.failures.inc({ component, operation });
}
