import type { WinEvent } from './win-event.js';

const MOST_DATA = 400;
const LONGEST_DATUM = 32_768;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescape(text: string): string {
  return text.includes('&')
    ? text.replace(
        /&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));/g,
        (whole, name: string | undefined, decimal: string | undefined, hex: string | undefined) => {
          if (name !== undefined) return ENTITIES[name] ?? whole;
          const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
          return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
            ? String.fromCodePoint(code)
            : whole;
        },
      )
    : text;
}

interface Tag {
  name: string;
  attributes: string;
  /** Text up to its end tag; empty for "<Tag/>". */
  content: string;
  end: number;
}

/** The next element at or after `from`, below `to`. No element of a Windows event holds another of its own name. */
function nextTag(xml: string, from: number, to: number): Tag | undefined {
  for (let open = xml.indexOf('<', from); open !== -1 && open < to; open = xml.indexOf('<', open + 1)) {
    const first = xml.charCodeAt(open + 1);
    if (!((first >= 65 && first <= 90) || (first >= 97 && first <= 122))) continue;
    const close = xml.indexOf('>', open);
    if (close === -1 || close >= to) return undefined;
    const inside = xml.slice(open + 1, close);
    const name = /^[A-Za-z][\w.:-]{0,63}/.exec(inside)?.[0] ?? '';
    if (inside.endsWith('/'))
      return { name, attributes: inside.slice(name.length, -1), content: '', end: close + 1 };
    const end = xml.indexOf(`</${name}>`, close);
    if (end === -1 || end > to) return undefined;
    return {
      name,
      attributes: inside.slice(name.length),
      content: xml.slice(close + 1, end),
      end: end + name.length + 3,
    };
  }
  return undefined;
}

function attribute(tag: Tag | undefined, name: string): string | undefined {
  if (!tag || tag.attributes.length > 4096) return undefined;
  for (const match of tag.attributes.matchAll(/\s([A-Za-z:]{1,40})\s?=\s?(?:"([^"]*)"|'([^']*)')/g))
    if (match[1] === name) return unescape(match[2] ?? match[3] ?? '') || undefined;
  return undefined;
}

function children(content: string): Map<string, Tag> {
  const found = new Map<string, Tag>();
  for (
    let tag = nextTag(content, 0, content.length), n = 0;
    tag && n < 64;
    tag = nextTag(content, tag.end, content.length), n++
  )
    if (!found.has(tag.name)) found.set(tag.name, tag);
  return found;
}

function readData(content: string, data: WinEvent['data'], depth: number): void {
  const nameless: string[] = [];
  for (
    let tag = nextTag(content, 0, content.length);
    tag && data.size < MOST_DATA;
    tag = nextTag(content, tag.end, content.length)
  ) {
    // UserData holds one element of the provider's around its values.
    if (depth === 0 && tag.name !== 'Data' && tag.content.includes('<')) {
      readData(tag.content, data, depth + 1);
      continue;
    }
    const name = tag.name === 'Data' ? attribute(tag, 'Name') : tag.name;
    const value = unescape(tag.content.slice(0, LONGEST_DATUM));
    if (name !== undefined) data.set(name.slice(0, 128), value);
    else if (nameless.length < 100) nameless.push(value);
  }
  nameless.forEach((value, index) => data.set(`param${index + 1}`, value));
  if (nameless.length > 0) data.set('Data', nameless);
}

/** "<Event xmlns='…'><System>…</System><EventData>…</EventData></Event>" (the event schema of MS-EVEN6). Values are escaped by Windows. */
export function winEventOfXml(xml: string): WinEvent | undefined {
  const root = nextTag(xml, 0, xml.length);
  if (root?.name !== 'Event') return undefined;
  const parts = children(root.content);
  const system = parts.get('System');
  if (!system) return undefined;
  const tags = children(system.content);
  const text = (name: string) => {
    const content = tags.get(name)?.content;
    return content ? unescape(content) : undefined;
  };
  const id = text('EventID')?.trim();
  if (id === undefined || !/^\d{1,6}$/.test(id)) return undefined;
  const data: WinEvent['data'] = new Map();
  readData(parts.get('EventData')?.content ?? '', data, 1);
  readData(parts.get('UserData')?.content ?? '', data, 0);
  const rendering = children(parts.get('RenderingInfo')?.content ?? '');
  const message = rendering.get('Message')?.content;
  return {
    id,
    channel: text('Channel'),
    provider: attribute(tags.get('Provider'), 'Name'),
    providerGuid: attribute(tags.get('Provider'), 'Guid'),
    computer: text('Computer'),
    recordId: text('EventRecordID'),
    time: attribute(tags.get('TimeCreated'), 'SystemTime'),
    level: text('Level'),
    task: text('Task'),
    opcode: text('Opcode'),
    keywords: text('Keywords'),
    processId: attribute(tags.get('Execution'), 'ProcessID'),
    threadId: attribute(tags.get('Execution'), 'ThreadID'),
    userSid: attribute(tags.get('Security'), 'UserID'),
    activityId: attribute(tags.get('Correlation'), 'ActivityID'),
    message: message ? unescape(message) : undefined,
    data,
  };
}
