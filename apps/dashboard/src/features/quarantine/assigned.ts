import type { PlatformTenant, ResponseOf, Source, endpoints } from '@parapet/contracts';
import { visibleText } from '../../shared/text/visible.js';
import { formatCount } from '../../shared/time/format.js';

/** A sender, or a prefix of them, that was given to a customer here a moment ago. */
export interface Assigned {
  /** The prefix as the server keeps it. */
  cidr: string;
  customer: string;
  status: Source['status'];
  samples: number;
}

export function assignedOf(
  { source, samples }: ResponseOf<typeof endpoints.assignSender>,
  customer: PlatformTenant,
): Assigned {
  return { cidr: source.cidr ?? '', customer: visibleText(customer.name), status: source.status, samples };
}

/** What an assignment came to, for a toast. */
export function assignedText({ cidr, customer, status, samples }: Assigned): {
  text: string;
  detail: string;
} {
  const text = `${cidr} belongs to ${customer} now`;
  if (status === 'pending_approval')
    return {
      text: `${cidr} was asked for, for ${customer}`,
      detail: 'It overlaps another customer’s prefix and waits for approval. Nothing is replayed until then.',
    };
  if (samples === 0) return { text, detail: 'No sample was kept of it. New lines count within 2 seconds.' };
  const lines = samples === 1 ? '1 sample line is' : `${formatCount(samples)} sample lines are`;
  return { text, detail: `${lines} being replayed, which takes about ten seconds.` };
}

/** Customers to choose from, searchable by name and slug; a suspended one says so. */
export const tenantChoices = (tenants: readonly PlatformTenant[]) =>
  tenants.map(({ id, name, slug, status }) => ({
    value: id,
    title: `${visibleText(name)} (${slug})${status === 'suspended' ? ', suspended' : ''}`,
  }));
