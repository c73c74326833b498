import type { Severity } from '@parapet/contracts';
import { setPort } from '../decoder.js';
import type { EventFields } from '../decoder.js';
import { KeyValues } from '../key-values.js';
import {
  connected,
  intrusion,
  judge,
  malware,
  setEnds,
  setTransport,
  setUser,
  verdictOf,
} from './verdict.js';

const PAIR_START = /, (?=[A-Z][A-Za-z_ ]{1,40}: )/;
const MOST_PAIRS = 200;

/** "SrcIP: 192.0.2.1, DstIP: …, URL: …". What clients write (user agents, URLs) may look like a pair: those come twice. */
function readPairs(text: string): KeyValues {
  const pairs = new KeyValues();
  for (const part of text.split(PAIR_START, MOST_PAIRS)) {
    const colon = part.indexOf(': ');
    if (colon > 0) pairs.add(part.slice(0, colon), part.slice(colon + 2));
    else pairs.strays++;
  }
  return pairs;
}

const PRIORITY = new Map<string, Severity>([
  ['1', 'high'],
  ['2', 'medium'],
  ['3', 'low'],
  ['4', 'info'],
]);

/** FTD's own security events 430001 (intrusion) to 430005 (malware); `fields` has module, code and level already. */
export function decodeFtdEvent(id: string, text: string, fields: EventFields): boolean {
  const pairs = readPairs(text);
  const source = pairs.one('SrcIP');
  const destination = pairs.one('DstIP');
  setEnds(
    fields,
    source ? { address: source, interface: pairs.one('IngressInterface') } : undefined,
    destination ? { address: destination, interface: pairs.one('EgressInterface') } : undefined,
  );
  setPort(fields, 'source.port', pairs.one('SrcPort') ?? '-');
  setPort(fields, 'destination.port', pairs.one('DstPort') ?? '-');
  setTransport(fields, pairs.one('Protocol'));
  setUser(fields, pairs.one('User') === 'Not Found' ? undefined : pairs.one('User'));
  const rule = pairs.one('AccessControlRuleName');
  if (rule) fields['rule.name'] = rule;
  const application = pairs.one('ApplicationProtocol');
  if (application) fields['network.protocol'] = application.toLowerCase();
  const agent = pairs.one('UserAgent');
  if (agent) fields['user_agent.original'] = agent;
  const url = pairs.one('URL');
  if (url) fields['url.original'] = url;
  const host = pairs.one('ReferencedHost');
  if (host) fields['url.domain'] = host;
  const query = pairs.one('DNSQuery');
  if (query) fields['dns.question.name'] = query;
  const status = Number(pairs.one('HTTPResponse') ?? Number.NaN);
  if (status >= 100 && status <= 599) fields['http.response.status_code'] = status;

  if (id === '430001') {
    const severity = PRIORITY.get(pairs.one('Priority') ?? '') ?? 'medium';
    intrusion(fields, severity, verdictOf(pairs.one('InlineResult')));
    const message = pairs.one('Message');
    if (message) fields['rule.name'] = message.replace(/^"(.*)"$/, '$1');
    const sid = pairs.one('SID');
    if (sid) fields['rule.id'] = sid;
    const classification = pairs.one('Classification');
    if (classification) fields['rule.category'] = classification;
    return true;
  }
  if (id === '430004' || id === '430005') {
    const disposition = pairs.one('SHA_Disposition') ?? '';
    const name = pairs.one('FileName');
    if (name) fields['file.name'] = name;
    const sha = pairs.one('FileSHA256');
    if (sha) fields['file.hash.sha256'] = sha;
    if (id === '430005' || disposition === 'Malware') malware(fields, 'high');
    else connected(fields, 'info', 'unknown');
    return true;
  }
  const verdict = verdictOf(pairs.one('AccessControlRuleAction'));
  judge(fields, verdict ?? 'log');
  return true;
}
