import { listOf, oneOf, text, timeRange } from './fields.js';
import { readState, writeState } from './state.js';

const shape = {
  q: text(),
  status: listOf(['new', 'resolved']),
  sort: oneOf(['lastSeen', 'severity'], 'lastSeen'),
  range: timeRange({ kind: 'relative', preset: '24h' }),
};
const plain = { q: '', status: [], sort: 'lastSeen', range: { kind: 'relative', preset: '24h' } };

describe('page state in the URL', () => {
  it('is the fallback of each field on a plain URL', () => {
    expect(readState(shape, {})).toEqual(plain);
  });

  it('leaves fallbacks out of the URL', () => {
    expect(writeState(shape, readState(shape, {}))).toEqual({});
  });

  it('comes back as it was written', () => {
    const state = readState(shape, { q: 'root', status: 'new,resolved', sort: 'severity', range: '7d' });
    expect(readState(shape, writeState(shape, state))).toEqual(state);
    expect(writeState(shape, state)).toEqual({
      q: 'root',
      status: 'new,resolved',
      sort: 'severity',
      range: '7d',
    });
  });

  it('takes what it can’t read for absent, field by field', () => {
    expect(readState(shape, { q: 'root', status: 'new,bogus', sort: 'DROP TABLE', range: 'x' })).toEqual({
      ...plain,
      q: 'root',
    });
  });

  it('takes the first of repeated parameters', () => {
    expect(readState(shape, { q: ['a', 'b'], sort: null }).q).toBe('a');
  });
});
