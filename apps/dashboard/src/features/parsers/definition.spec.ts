import type { Parser } from '@parapet/contracts';
import { definitionOf, EMPTY_FORM, formOf, pieces } from './definition.js';

const PARSER: Parser = {
  id: '01890a5d-ac96-774b-bcce-b302099a8057',
  name: 'gate',
  kind: 'grok',
  patterns: ['%{IP:source.ip} a = b', ' second '],
  fields: { who: 'user.name' },
  constants: { 'event.category': 'network', note: 'x = y' },
  programs: ['gated', 'gate'],
  samples: ['one', 'two'],
  enabled: false,
  usedBy: 0,
  createdAt: '2026-11-21T00:00:00.000Z',
  updatedAt: '2026-11-21T00:00:00.000Z',
};

test('a parser comes back from its form as it was', () => {
  const { definition, fieldProblems, constantProblems } = definitionOf(formOf(PARSER));
  const { id: _id, usedBy: _used, createdAt: _made, updatedAt: _changed, ...rest } = PARSER;
  expect(definition).toEqual(rest);
  expect([fieldProblems, constantProblems]).toEqual([[], []]);
});

test('a line that is no assignment is told; a JSON parser has no patterns', () => {
  const form = {
    ...EMPTY_FORM,
    kind: 'json' as const,
    patterns: 'left over',
    fields: "$['a=b'] = x\nnothing\n= y",
  };
  const { definition, fieldProblems } = definitionOf(form);
  expect(definition).toMatchObject({ patterns: [], fields: { "$['a=b']": 'x' } });
  expect(fieldProblems.map(({ line }) => line)).toEqual([1, 2]);
});

test('the place of a problem', () => {
  expect(pieces('ab(c', 2)).toEqual(['ab', '(', 'c']);
  expect(pieces('ab', 9)).toEqual(['ab', '␣', '']);
});
