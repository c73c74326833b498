import type { DetectorSettings } from '@parapet/contracts';
import { changedSettings, endOfDay, settingsOf, storedException } from './settings.js';

const before: DetectorSettings = {
  enabled: true,
  threshold: 5,
  windowSeconds: 300,
  severity: 'high',
  exceptions: ['10.0.0.1'],
};

describe('changes of a detector', () => {
  it('hold only what differs', () => {
    expect(changedSettings(before, { ...before, threshold: 7 })).toEqual({ threshold: 7 });
    expect(changedSettings(before, { ...before, exceptions: ['10.0.0.1', '10.0.0.2'] })).toEqual({
      exceptions: ['10.0.0.1', '10.0.0.2'],
    });
    expect(changedSettings(before, settingsOf(before))).toEqual({});
  });

  it('never edit the original list', () => {
    settingsOf(before).exceptions.push('x');
    expect(before.exceptions).toEqual(['10.0.0.1']);
  });
});

describe('an exception', () => {
  it('is a bare text only when it is nothing but an address', () => {
    expect(storedException({ kind: 'address', value: ' 10.0.0.0/8 ' })).toBe('10.0.0.0/8');
    expect(storedException({ kind: 'address', value: '10.0.0.1', note: 'scanner' })).toEqual({
      kind: 'address',
      value: '10.0.0.1',
      note: 'scanner',
    });
    expect(storedException({ kind: 'user', value: 'backup', note: ' ' })).toEqual({
      kind: 'user',
      value: 'backup',
    });
  });

  it('ends with the day that was chosen', () => {
    expect(endOfDay('2026-12-31')).toBe(new Date(2026, 11, 31, 23, 59, 59, 999).toISOString());
    for (const none of ['', '2026-13-01', 'tomorrow']) expect(endOfDay(none)).toBeUndefined();
  });
});
