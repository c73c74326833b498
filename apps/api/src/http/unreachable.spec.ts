import { isUnreachable } from './unreachable.js';

const coded = (code: string, message = 'x') => Object.assign(new Error(message), { code });

describe('a server that is away', () => {
  it.each([
    ['refused', coded('ECONNREFUSED')],
    ['shut down', coded('57P01')],
    ['full', coded('53300')],
    ['lost', coded('08006')],
    ['a full pool', new Error('timeout exceeded when trying to connect')],
    ['Redis that does not answer', new Error('Command timed out')],
    ['inside another error', new Error('query failed', { cause: coded('ECONNRESET') })],
    ['of several addresses', new AggregateError([coded('ECONNREFUSED')])],
    ['by Prisma', coded('P1001')],
    [
      'inside Prisma’s error',
      Object.assign(new Error('x'), { meta: { driverAdapterError: { cause: coded('ECONNREFUSED') } } }),
    ],
  ])('is recognised: %s', (_name, error) => expect(isUnreachable(error)).toBe(true));

  it.each([
    ['a unique violation', coded('23505')],
    ['a bug', new TypeError('x is undefined')],
    ['nothing', undefined],
  ])('is not %s', (_name, error) => expect(isUnreachable(error)).toBe(false));
});
