import type { Severity } from '@parapet/contracts';
import { atLeast } from '../decoder.js';
import type { DecodeContext, EventFields } from '../decoder.js';
import { setTime } from '../event-time.js';
import { flattenRecord } from '../json/flatten.js';
import type { JsonRecord } from '../json/index.js';
import { utcInstant } from '../json/values.js';

/** ECS names that detectors and people read as ours: what a record nests below the same words means something else. */
const ECS =
  /^(?:source|destination|client|server|user|host|event|http|url|process|network|observer|rule|threat|file|log|labels|error|service|group|container)\./;

/** Names the service. */
export function setService(fields: EventFields, module: string, dataset: string): void {
  fields['event.module'] = module;
  fields['event.dataset'] = `${module}.${dataset}`;
}

/** Adds a record under its own names (Sigma's rules are written against them), or below `module.` where ECS has another meaning. */
export function keepRecord(fields: EventFields, record: JsonRecord, module: string): void {
  flattenRecord(record, fields, '', (name) => (ECS.test(name) ? `${module}.${name}` : name));
}

/** The first of a record's times that is one, taken as UTC where it names no zone. */
export function setRecordTime(
  fields: EventFields,
  context: DecodeContext,
  ...times: readonly unknown[]
): void {
  setTime(
    fields,
    times.map((time) => utcInstant(time, context)).find((time) => time !== undefined),
  );
}

type Outcome = 'success' | 'failure' | 'unknown';

/** A client's mistake, or a name that is not there: nothing was refused. */
const HARMLESS = new Set(['web', 'network']);

/** Sets what kind of event it is, with the service's own word for the action. Refusals are at least `low`. */
export function setKind(
  fields: EventFields,
  category: string,
  type: string,
  action: string | undefined,
  outcome?: Outcome,
): void {
  fields['event.category'] = category;
  fields['event.type'] = type;
  if (action !== undefined) fields['event.action'] = action;
  if (outcome) fields['event.outcome'] = outcome;
  if (type === 'denied' || (outcome === 'failure' && !HARMLESS.has(category))) atLeast(fields, 'low');
}

/** An alert of a service that detects by itself. */
export function setAlert(
  fields: EventFields,
  severity: Severity | undefined,
  rule: string | undefined,
  id?: string,
): void {
  fields['event.kind'] = 'alert';
  if (severity) atLeast(fields, severity);
  if (rule !== undefined) fields['rule.name'] = rule;
  if (id !== undefined) fields['rule.id'] = id;
}
