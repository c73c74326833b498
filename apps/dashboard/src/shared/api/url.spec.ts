import { urlOf } from './url.js';

describe('addresses of the API', () => {
  it('fills parameters and escapes them', () => {
    expect(urlOf('/alerts/:id', { id: 'a/b' })).toBe('/api/v1/alerts/a%2Fb');
  });

  it('leaves out what is empty and joins lists', () => {
    expect(
      urlOf('/alerts', {}, { status: ['new', 'resolved'], q: '', from: undefined, severity: [], limit: 50 }),
    ).toBe('/api/v1/alerts?status=new%2Cresolved&limit=50');
  });
});
