import { storableJson, storableText } from './storable.js';

describe('storable', () => {
  it('leaves ordinary text alone, pairs of surrogates and backslashes too', () => {
    const value = { a: 'ü💥 \\u0000 \\ud800', b: [1, true, null] };
    expect(JSON.parse(storableJson(value))).toEqual(value);
    expect(storableText('💥')).toBe('💥');
  });

  it('makes U+0000 and half pairs visible, in names and in depth', () => {
    expect(storableText('a\u0000\udc00b')).toBe('a\u2400\ufffdb');
    expect(JSON.parse(storableJson({ 'n\u0000': [{ deep: '\ud83d!' }] }))).toEqual({
      'n\u2400': [{ deep: '\ufffd!' }],
    });
  });
});
