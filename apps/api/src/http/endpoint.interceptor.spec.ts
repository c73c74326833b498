import { endpoints } from '@parapet/contracts';
import { ValidationError } from '@parapet/errors';
import { parseRequest } from './endpoint.interceptor.js';

const problemsOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    if (error instanceof ValidationError) return error.errors.map(({ path }) => path);
    throw error;
  }
  return [];
};

describe('requests', () => {
  it('are read with defaults filled in', () => {
    const input = parseRequest(endpoints.listAlerts, {
      params: {},
      query: { status: 'new,resolved', limit: '7' },
      body: undefined,
    });
    expect(input).toEqual({
      query: { status: ['new', 'resolved'], limit: 7, sort: 'lastSeen', order: 'desc' },
    });
  });

  it('tell everything that is wrong at once, and where', () => {
    const problems = problemsOf(() =>
      parseRequest(endpoints.updateSource, {
        params: { id: 'x' },
        query: {},
        body: { cidr: '10.0.0.0/99', timeZone: 'Mars/Base', owner: 1 },
      }),
    );
    expect(problems.sort()).toEqual(['body', 'body.cidr', 'body.timeZone', 'params.id']);
  });

  it('without a body are read as an empty one', () => {
    expect(
      problemsOf(() => parseRequest(endpoints.login, { params: {}, query: {}, body: undefined })),
    ).toEqual(['body.email', 'body.password']);
  });
});
