import { endpoints } from '@parapet/contracts';
import { readState } from '../../shared/query/state.js';
import { eventFilters, eventQuery } from './filters.js';

describe('event filters', () => {
  it('ask for no more than a time by default', () => {
    const query = eventQuery(readState(eventFilters, {}));
    expect(
      Object.entries(query).filter(
        ([, value]) => value !== undefined && value !== '' && String(value) !== '',
      ),
    ).toEqual([['from', expect.any(String)]]);
  });

  it('are what the API takes', () => {
    const state = readState(eventFilters, {
      q: 'Failed',
      severity: 'high,low',
      outcome: 'failure',
      sourceIp: '203.0.113.0/24',
      userName: 'root',
      range: '1h',
    });
    expect(endpoints.listEvents.query.safeParse(eventQuery(state))).toMatchObject({
      success: true,
      data: {
        q: 'Failed',
        severity: ['high', 'low'],
        outcome: 'failure',
        sourceIp: '203.0.113.0/24',
        userName: 'root',
      },
    });
  });
});
