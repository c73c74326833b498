import type { DetectorSettings } from '@parapet/contracts';
import { changedSettings, settingsOf } from './settings.js';

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
