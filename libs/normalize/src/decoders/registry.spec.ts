import { DECODERS, DECODER_NAMES } from './index.js';

/** The values that come more than once, each once. */
const repeated = (values: readonly string[]) => [
  ...new Set(values.filter((value, at) => values.indexOf(value) !== at)),
];

describe('the registry of decoders', () => {
  test('a name or further type is one decoder’s, and none is `auto`', () => {
    const names = DECODERS.flatMap(({ name, types = [] }) => [name, ...types]);
    expect(repeated(names)).toEqual([]);
    expect(names).not.toContain('auto');
    expect([...DECODER_NAMES].sort()).toEqual([...names].sort());
  });

  test('a decoder lists a program once', () => {
    expect(DECODERS.filter(({ programs }) => repeated(programs).length > 0)).toEqual([]);
  });

  test('of those that share a program all but one know their own text, else one would never be asked', () => {
    for (const program of repeated(DECODERS.flatMap(({ programs }) => programs))) {
      const sharing = DECODERS.filter(({ programs }) => programs.includes(program));
      const takingAll = sharing.filter(({ recognise }) => recognise === undefined).map(({ name }) => name);
      expect({ program, takingAll: takingAll.slice(1) }).toEqual({ program, takingAll: [] });
    }
  });

  test('`generic`, which takes what is left, is last', () => {
    expect(DECODERS.at(-1)?.name).toBe('generic');
  });
});
