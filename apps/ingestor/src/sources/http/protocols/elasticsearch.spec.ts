import { PROTOCOLS } from './index.js';
import { findRoute } from '../router.js';

function call(method: string, path: string, body = '') {
  const found = findRoute(PROTOCOLS, method, path);
  if (found === undefined || 'methods' in found) return undefined;
  const outcome = found.route.handle({
    method,
    params: found.params,
    query: new URLSearchParams(),
    headers: {},
    body: Buffer.from(body),
    keyHash: '',
    now: 0,
  });
  const items = [...(outcome.items ?? [])];
  const { status, body: answer } = outcome.answer(items.length);
  return { protocol: found.protocol.name, items, status, answer: JSON.parse(String(answer)) };
}

describe('bulk', () => {
  it('names that mean something to JavaScript are names', () => {
    const done = call(
      'POST',
      '/__x/_bulk',
      '{"index":{"_index":"__proto__","_id":"constructor"}}\n{"a":1}\n',
    );
    expect(done).toBeUndefined(); // an index can't begin with an underscore
    const put = call(
      'POST',
      '/_bulk',
      '{"index":{"_index":"__proto__","_id":"constructor"}}\n{"__proto__":{"x":1}}\n',
    );
    expect(put?.answer.items).toEqual([
      { index: expect.objectContaining({ _index: '__proto__', _id: 'constructor', status: 201 }) },
    ]);
    expect({}).not.toHaveProperty('x');
  });

  it.each([
    ['two actions in one line', '{"index":{},"create":{}}\n{"a":1}\n'],
    ['an action that is none', '{"index":1}\n{"a":1}\n'],
    ['a document first', '{"a":1}\n{"index":{}}\n'],
    ['an inherited name', '{"constructor":{}}\n{"a":1}\n'],
    ['a list', '[{"index":{}}]\n{"a":1}\n'],
    ['an action line of 100 kB', `{"index":{"_id":"${'x'.repeat(100_000)}"}}\n{"a":1}\n`],
    ['a document that is missing', '{"index":{}}\n{"a":1}\n{"create":{}}\n'],
  ])('%s is refused, whole', (_what, body) => {
    expect(call('POST', '/_bulk', body)).toMatchObject({ status: 400, items: [] });
  });

  it('too many items', () => {
    expect(call('POST', '/_bulk', '{"index":{}}\n{}\n'.repeat(100_001))?.status).toBe(413);
  });

  it('long names are cut, a document over 1 MiB is refused alone', () => {
    const body = `{"index":{"_id":"${'i'.repeat(2000)}"}}\n{"a":"${'x'.repeat(1_100_000)}"}\n{"index":{}}\n{"b":1}\n`;
    const done = call('PUT', '/logs/_bulk', body);
    expect(done?.items).toHaveLength(1);
    expect(done?.answer.items[0].index).toMatchObject({ _id: 'i'.repeat(512), status: 400 });
  });

  it.each(['/logs/_doc', '/logs/_doc/1', '/logs/_create/1', '/logs%20a/_doc', '/%/_doc'])(
    '%s takes one document',
    (path) => {
      expect(call('POST', path, '{"a":1}')).toMatchObject({ status: 201, items: [{ kind: 'record' }] });
      expect(call('POST', path, 'x')).toMatchObject({ status: 400, items: [] });
    },
  );
});

describe('routes', () => {
  it.each([
    ['POST', '/ingest', 'ingest'],
    ['POST', '/services/collector', 'splunk_hec'],
    ['POST', '/services/collector/event/1.0', 'splunk_hec'],
    ['HEAD', '/', 'elasticsearch'],
    ['PUT', '/_index_template/x', 'elasticsearch'],
    ['POST', '/v1/logs', 'otlp'],
  ])('%s %s is of %s', (method, path, protocol) => {
    const found = findRoute(PROTOCOLS, method, path);
    expect(found).toMatchObject({ protocol: { name: protocol }, route: expect.anything() });
  });

  it.each([
    ['GET', '/nothing'],
    ['DELETE', '/logs'],
    ['POST', '/ingest/'],
    ['POST', '/Ingest'],
    ['POST', '/v1/traces'],
  ])('%s %s is of nobody', (method, path) => expect(findRoute(PROTOCOLS, method, path)).toBeUndefined());

  it('a known path with another method says which it takes', () => {
    expect(findRoute(PROTOCOLS, 'DELETE', '/_bulk')).toMatchObject({ methods: ['POST', 'PUT'] });
  });
});
