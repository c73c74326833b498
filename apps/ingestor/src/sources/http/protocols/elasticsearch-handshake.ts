import type { HttpRoute } from '../protocol.js';

/** Clients speak only to a server that says this of itself. */
export const PRODUCT = { 'x-elastic-product': 'Elasticsearch' } as const;
/**
 * What we say that we are: the last 8.x. Beats and Logstash refuse a server older than they can work with, and all of 8 and 9 work with this.
 */
const VERSION = '8.19.0';
const LUCENE = '9.12.2';
const NAME = 'parapet';
const UUID = 'cGFyYXBldC1pbmdlc3QtMQ';

interface Handshake {
  methods: HttpRoute['methods'];
  path: RegExp;
  general?: true;
  /** `names`: the groups of the path. */
  value(names: readonly string[]): unknown;
}

const root = {
  name: NAME,
  cluster_name: NAME,
  cluster_uuid: UUID,
  version: {
    number: VERSION,
    build_flavor: 'default',
    build_type: 'docker',
    build_hash: '0000000000000000000000000000000000000000',
    build_date: '2025-01-01T00:00:00.000000000Z',
    build_snapshot: false,
    lucene_version: LUCENE,
    minimum_wire_compatibility_version: '7.17.0',
    minimum_index_compatibility_version: '7.0.0',
  },
  tagline: 'You Know, for Search',
};
const license = {
  status: 'active',
  uid: '00000000-0000-0000-0000-000000000000',
  type: 'basic',
  issue_date: '2025-01-01T00:00:00.000Z',
  issue_date_in_millis: 1735689600000,
  max_nodes: 1000,
  issued_to: NAME,
  issuer: NAME,
  start_date_in_millis: -1,
};
const health = {
  cluster_name: NAME,
  status: 'green',
  timed_out: false,
  number_of_nodes: 1,
  number_of_data_nodes: 1,
  active_primary_shards: 0,
  active_shards: 0,
  relocating_shards: 0,
  initializing_shards: 0,
  unassigned_shards: 0,
  delayed_unassigned_shards: 0,
  number_of_pending_tasks: 0,
  number_of_in_flight_fetch: 0,
  task_max_waiting_in_queue_millis: 0,
  active_shards_percent_as_number: 100,
};
const nodes = { _nodes: { total: 1, successful: 1, failed: 0 }, cluster_name: NAME, nodes: {} };
const acknowledged = () => ({ acknowledged: true });
const GET = ['GET'] as const;
const PUT = ['PUT', 'POST'] as const;

/**
 * What clients ask before they send. Templates, policies and pipelines are there already, and one that is put is kept nowhere: events are
 * normalised here, not by them.
 */
export const HANDSHAKES: readonly Handshake[] = [
  { methods: GET, path: /^\/$/, value: () => root },
  { methods: GET, path: /^\/_license\/?$/, value: () => ({ license }) },
  {
    methods: GET,
    path: /^\/_xpack(?:\/usage)?\/?$/,
    value: () => ({ license, features: { ilm: { available: true, enabled: true } } }),
  },
  { methods: GET, path: /^\/_cluster\/health(?:\/[^/]+)?$/, value: () => health },
  { methods: GET, path: /^\/_cluster\/settings$/, value: () => ({ persistent: {}, transient: {} }) },
  { methods: GET, path: /^\/_nodes(?:\/.{1,200})?$/, value: () => nodes },
  {
    methods: GET,
    path: /^\/_index_template\/([^/]+)$/,
    value: ([name = '']) => ({ index_templates: [{ name, index_template: { index_patterns: [name] } }] }),
  },
  {
    methods: GET,
    path: /^\/_(?:template|component_template)\/([^/]+)$/,
    value: ([name = '']) => named(name, {}),
  },
  {
    methods: GET,
    path: /^\/_ilm\/policy\/([^/]+)$/,
    value: ([name = '']) => named(name, { version: 1, policy: { phases: {} } }),
  },
  { methods: GET, path: /^\/_ilm\/status$/, value: () => ({ operation_mode: 'RUNNING' }) },
  {
    methods: GET,
    path: /^\/_ingest\/pipeline\/([^/]+)$/,
    value: ([name = '']) => named(name, { processors: [] }),
  },
  {
    methods: GET,
    path: /^\/_data_stream\/([^/]+)$/,
    value: ([name = '']) => ({ data_streams: [{ name, indices: [], generation: 1, status: 'GREEN' }] }),
  },
  { methods: GET, path: /^\/_alias\/([^/]+)$/, value: ([name = '']) => named(name, { aliases: {} }) },
  {
    methods: PUT,
    path: /^\/_(?:index_template|template|component_template|ilm\/policy|ingest\/pipeline|data_stream)\/[^/]+$/,
    value: acknowledged,
  },
  {
    methods: ['GET', 'POST'],
    path: /^\/(?:(?:_all|[^/_][^/]*)\/)?_refresh$/,
    value: () => ({ _shards: { total: 1, successful: 1, failed: 0 } }),
  },
  // An index by its name alone: it is there, and can be made.
  { methods: ['HEAD'], path: /^\/[^/_.][^/]*$/, general: true, value: () => ({}) },
  {
    methods: ['PUT'],
    path: /^\/([^/_.][^/]*)$/,
    general: true,
    value: ([index = '']) => ({ acknowledged: true, index }),
  },
];

/** An own property whatever the name is: an object literal would take `__proto__` for something else. */
function named(name: string, value: unknown): unknown {
  return Object.fromEntries([[name, value]]);
}
