import { assignedText, tenantChoices } from './assigned.js';

const assigned = { cidr: '192.0.2.7/32', customer: 'Acme', status: 'active' as const, samples: 2 };

describe('what an assignment came to', () => {
  it('says how many lines are on their way, and how long it takes', () => {
    const { text, detail } = assignedText(assigned);
    expect(text).toBe('192.0.2.7/32 belongs to Acme now');
    expect(detail).toBe('2 sample lines are being replayed, which takes about ten seconds.');
    expect(assignedText({ ...assigned, samples: 1 }).detail).toMatch(/^1 sample line is/);
  });

  it('promises no replay where there is none', () => {
    expect(assignedText({ ...assigned, samples: 0 }).detail).not.toMatch(/replayed/);
    const waiting = assignedText({ ...assigned, status: 'pending_approval' });
    expect(waiting.text).not.toMatch(/belongs/);
    expect(waiting.detail).toMatch(/waits for approval/);
  });
});

test('customers are told apart by slug, and a suspended one is told', () => {
  const id = '0190a000-0000-7000-8000-000000000001';
  expect(
    tenantChoices([
      { id, slug: 'acme-corp', name: 'Acme', status: 'active' },
      { id, slug: 'old', name: 'Old\u202e', status: 'suspended' },
    ]).map(({ title }) => title),
  ).toEqual(['Acme (acme-corp)', 'Old⟨U+202E⟩ (old), suspended']);
});
