import { renderScenario } from './render.js';
import { scenarioSchema } from './scenario.js';

const scenario = scenarioSchema.parse({
  name: 'test',
  title: 'Test',
  description: 'Test',
  attack: ['T1110'],
  sender: '127.0.1.10',
  lines: [
    {
      repeat: 2,
      every: '10s',
      facility: 'auth',
      severity: 'info',
      host: 'web-1',
      program: 'sshd',
      pid: { from: 7, step: 2 },
      message: '{user} from {ip} port {port}',
    },
    { facility: 'kern', severity: 'warning', host: 'gw', program: 'kernel', message: 'last {port}' },
  ],
  values: {
    user: { cycle: ['a', 'b'] },
    ip: { pick: ['203.0.113.7', '203.0.113.8'] },
    port: { from: 40, step: 2 },
  },
  expect: [],
});

describe('renderScenario', () => {
  it('gives each line its time, priority, process id and values', () => {
    const frames = renderScenario(scenario, 1);
    const start = Date.parse('2026-03-03T01:44:00Z');
    const lines = frames.map((f) => f.frame(start));
    const ip = /from (\S+)/.exec(lines[0] ?? '')?.[1];
    expect(frames.map((f) => f.offset)).toEqual([0, 10_000, 20_000]);
    expect(lines).toEqual([
      `<38>1 2026-03-03T01:44:00.000Z web-1 sshd 7 - - a from ${ip} port 40`,
      `<38>1 2026-03-03T01:44:10.000Z web-1 sshd 9 - - b from ${ip} port 42`,
      `<4>1 2026-03-03T01:44:20.000Z gw kernel - - - last 44`,
    ]);
  });

  it('is the same for the same seed and differs between seeds', () => {
    const text = (seed: number) => renderScenario(scenario, seed).map((f) => f.frame(0));
    expect(text(3)).toEqual(text(3));
    const first = new Set(Array.from({ length: 20 }, (_, seed) => text(seed + 1)[0]));
    expect(first.size).toBe(2);
  });

  it('names a placeholder that has no value', () => {
    const broken = { ...scenario, values: {} };
    expect(() => renderScenario(broken, 1)).toThrow(/\{user\}/);
  });
});
