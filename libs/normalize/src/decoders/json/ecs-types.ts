import { normalizeIp } from '@parapet/contracts';
import type { EventFields } from '../decoder.js';

const ADDRESSES = ['source', 'destination', 'client', 'server', 'observer'];
const WORDS = [
  'user.name',
  'host.name',
  'process.name',
  'event.action',
  'event.category',
  'event.type',
  'event.module',
  'event.dataset',
  'event.kind',
  'event.outcome',
  'url.original',
  'url.path',
  'user_agent.original',
  'http.request.method',
  'network.transport',
  'rule.name',
];
const NUMBERS = [
  'source.port',
  'destination.port',
  'process.pid',
  'http.response.status_code',
  'network.bytes',
];
const MANY = new Set(['event.category', 'event.type']);
const OUTCOMES = new Set(['success', 'failure', 'unknown']);

function aside(fields: EventFields, name: string): void {
  fields[`json.${name}`] = fields[name];
  fields[name] = undefined;
}

/**
 * Holds what a sender wrote in ECS's names to the types that ECS gives them: detectors and the store rely on these. What does not
 * fit is kept below `json.` ("source.ip": "unknown" → `json.source.ip`).
 */
export function checkEcs(fields: EventFields): void {
  for (const end of ADDRESSES) {
    const name = `${end}.ip`;
    const value = fields[name];
    if (value === undefined) continue;
    const only: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
    const ip = typeof only === 'string' ? normalizeIp(only) : undefined;
    if (ip === undefined) aside(fields, name);
    else fields[name] = ip;
  }
  for (const name of WORDS) {
    const value = fields[name];
    if (value === undefined || typeof value === 'string') continue;
    if (Array.isArray(value) && value.length === 1) fields[name] = String(value[0]);
    else if (typeof value === 'number') fields[name] = String(value);
    else if (!(MANY.has(name) && Array.isArray(value))) aside(fields, name);
  }
  for (const name of NUMBERS) {
    const value = fields[name];
    if (value === undefined) continue;
    const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
    if (typeof number === 'number' && Number.isInteger(number) && number >= 0) fields[name] = number;
    else aside(fields, name);
  }
  for (const name of ['source.port', 'destination.port'])
    if (Number(fields[name] ?? 0) > 65_535) aside(fields, name);
  const outcome = fields['event.outcome'];
  if (typeof outcome === 'string' && !OUTCOMES.has(outcome)) aside(fields, 'event.outcome');
}
