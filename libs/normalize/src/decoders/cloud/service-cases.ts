import { parseFrame } from '../../parse.js';
import type { EventFields } from '../decoder.js';

/** For the tables of the specs beside it. */
export const RECEIVED = Date.parse('2026-11-20T20:00:05Z');
export const TIME = Date.parse('2026-11-20T20:00:00Z');
export const ISO = '2026-11-20T20:00:00Z';

/** What a record or a line is, the record or line, and fields that its event must (or, undefined, must not) have. */
export type Case = [name: string, record: unknown, expected: Record<string, unknown>];

export function parse(value: unknown): EventFields {
  return parseFrame(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), {
    receivedAt: RECEIVED,
    timeZone: 'UTC',
    sourceType: 'auto',
  });
}

export function expectCase(
  decoder: string,
  record: unknown,
  expected: Record<string, unknown>,
  time = TIME,
): void {
  const event = parse(record);
  expect(event['labels.decoder']).toBe(decoder);
  expect(event['labels.parse_error']).toBeUndefined();
  expect(event['@timestamp']).toBe(time);
  for (const [name, value] of Object.entries(expected))
    expect({ name, value: event[name] }).toEqual({ name, value });
}
