import type { Alert } from '@parapet/contracts';
import { readState } from '../../shared/query/state.js';
import { alertFilters, alertMatches, placeAlert } from './filters.js';

const at = '2026-01-01T12:00:00.000Z';
const now = Date.parse('2026-01-01T12:05:00.000Z');
const alert = (id: string, patch: Partial<Alert> = {}): Alert => ({
  id,
  detector: 'brute_force',
  title: 'Brute force from 203.0.113.7',
  description: '',
  severity: 'high',
  score: 70,
  status: 'new',
  group: { 'source.ip': '203.0.113.7' },
  technique: null,
  eventCount: 5,
  firstSeen: at,
  lastSeen: at,
  createdAt: at,
  updatedAt: at,
  assignee: null,
  historical: false,
  source: null,
  ...patch,
});
const matches = (query: Record<string, string>, patch: Partial<Alert> = {}) =>
  alertMatches(readState(alertFilters, query), alert('a', patch), now);

describe('live alerts in a filtered list', () => {
  it('belong there when every filter says so', () => {
    expect(matches({})).toBe(true);
    expect(matches({ status: 'new', severity: 'high,critical', detector: 'brute_force', q: 'FORCE' })).toBe(
      true,
    );
    expect(matches({ q: '203.0.113' }, { title: 'x' })).toBe(true);
  });

  it.each([[{ status: 'resolved' }], [{ severity: 'low' }], [{ detector: 'port_scan' }], [{ q: 'nobody' }]])(
    'stay out for %j',
    (query) => expect(matches(query)).toBe(false),
  );

  it('stay out of a range that they are not in', () => {
    expect(matches({ range: '15m' }, { lastSeen: '2026-01-01T11:00:00.000Z' })).toBe(false);
    expect(matches({ range: '2026-01-01T10:00:00Z..2026-01-01T11:00:00Z' })).toBe(false);
  });

  it('go where the order wants them, once', () => {
    const rows = [alert('a', { severity: 'critical' }), alert('b', { severity: 'low' })];
    const ids = (list: Alert[]) => list.map((row) => row.id).join('');
    expect(ids(placeAlert(rows, alert('c'), 'severity', 'desc'))).toBe('acb');
    expect(ids(placeAlert(rows, alert('c', { severity: 'info' }), 'severity', 'desc'))).toBe('abc');
    expect(ids(placeAlert(rows, alert('b', { severity: 'critical' }), 'severity', 'desc'))).toBe('ba');
    expect(ids(placeAlert(rows, alert('c'), 'lastSeen', 'desc'))).toBe('cab');
  });
});
