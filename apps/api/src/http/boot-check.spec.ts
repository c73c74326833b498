import { endpoints } from '@parapet/contracts';
import { compareWithTable } from './boot-check.js';

const table = [endpoints.listSources, endpoints.getSource];
const route = (handler: string, endpoint: (typeof table)[number] | undefined, controllerPath = '/') => ({
  handler,
  endpoint,
  controllerPath,
});

describe('the boot', () => {
  const whole = [route('A.list', endpoints.listSources), route('A.get', endpoints.getSource)];

  it('goes on when every endpoint has one handler', () => {
    expect(compareWithTable(whole, table)).toEqual([]);
  });

  it.each([
    ['a route has no endpoint', [...whole, route('A.sneak', undefined)], /A\.sneak.*without an endpoint/],
    ['an endpoint has no handler', whole.slice(1), /listSources.*no handler/],
    [
      'an endpoint has two handlers',
      [...whole, route('B.get', endpoints.getSource)],
      /several.*A\.get, B\.get/,
    ],
    [
      'a handler is below a path of its controller',
      [route('A.list', endpoints.listSources, 'x'), route('A.get', endpoints.getSource)],
      /A\.list.*path of its own/,
    ],
  ])('ends when %s', (_case, routes, expected) => {
    expect(compareWithTable(routes, table).join('\n')).toMatch(expected);
  });

  it('ends when an endpoint is of no table', () => {
    expect(compareWithTable(whole, [endpoints.listSources]).join()).toMatch(/getSource is not in the table/);
  });
});
