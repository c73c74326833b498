import type { FlatEvent } from '../match/flatten.js';
import type { Origin } from './facts.js';

const lower = (value: unknown): string => (typeof value === 'string' ? value.toLowerCase() : '');

/** ECS allows lists here. */
function joined(value: unknown): string {
  return Array.isArray(value) ? value.map(lower).join(',') : lower(value);
}

/** For Windows events that came without their channel (text forms): what the dataset says it was. */
const DATASET_CHANNELS: ReadonlyMap<unknown, string> = new Map([
  ['system.application', 'application'],
  ['system.security', 'security'],
  ['system.system', 'system'],
  ['windows.powershell', 'windows powershell'],
  ['windows.powershell_operational', 'microsoft-windows-powershell/operational'],
  ['windows.sysmon_operational', 'microsoft-windows-sysmon/operational'],
]);

/** Where the event says it comes from: Windows header fields under their own or Winlogbeat's names, else ECS. */
export function originOf(event: FlatEvent): Origin {
  const channel =
    lower(event['Channel'] ?? event['winlog.channel']) ||
    (DATASET_CHANNELS.get(event['event.dataset']) ?? '');
  if (channel !== '') {
    const id = Number(event['EventID'] ?? event['winlog.event_id'] ?? event['event.code'] ?? -1);
    return {
      channel,
      eventId: id,
      module: '',
      dataset: '',
      category: '',
      type: '',
      program: '',
      decoder: '',
    };
  }
  return {
    channel,
    eventId: -1,
    module: lower(event['event.module']),
    dataset: lower(event['event.dataset']),
    category: joined(event['event.category']),
    type: joined(event['event.type']),
    program: lower(event['process.name']),
    decoder: lower(event['labels.decoder']),
  };
}

/** Equal for origins with equal facts. */
export function originKey(origin: Origin): string {
  return origin.channel !== ''
    ? `${origin.channel}\n${origin.eventId}`
    : `\n${origin.module}\n${origin.dataset}\n${origin.category}\n${origin.type}\n${origin.program}\n${origin.decoder}`;
}
