import { EVENT_ACTION, normalizeIp } from '@parapet/contracts';
import { atLeast, classify, isHostName, setPort } from '../decoder.js';
import type { Decoder, EventFields } from '../decoder.js';
import type { AsaRow } from './cisco-asa-row.js';
import { ASA_TRAFFIC } from './cisco-asa-traffic.js';
import { ASA_USERS } from './cisco-asa-users.js';
import { ciscoMessage, looksCisco, setRelayed } from './cisco-message.js';
import { decodeFtdEvent } from './cisco-ftd.js';
import {
  configured,
  connected,
  intrusion,
  judge,
  login,
  logout,
  setEnds,
  setLevel,
  setTransport,
  setUnorderedEnds,
  setUser,
  severityOf,
  verdictOf,
} from './verdict.js';
import type { Endpoint } from './verdict.js';

const BY_ID = new Map<string, AsaRow[]>();
for (const row of [...ASA_TRAFFIC, ...ASA_USERS]) {
  for (const id of row.ids.split(' ')) BY_ID.set(id, [...(BY_ID.get(id) ?? []), row]);
}

/** ASA cuts its messages; what is longer came from somewhere else. */
const LONGEST_MESSAGE = 16_384;
/** "Group <g> User <u> IP <a> text", of the VPN classes 113, 716 and 722; the name is the client's and may hold anything. */
const VPN = /^Group <?(.{0,128}?)>? User <?(.{0,256}?)>? IP <?([0-9A-Fa-f.:]{2,45})>? (.{0,512})/;
/** "Group = g, Username = u, IP = a, text" of class 713, each part optional. */
const IKE = /^(?:Group = (.{0,128}?), )?(?:Username = (.{0,256}?), )?IP = ([0-9A-Fa-f.:]{2,45}), (.{0,512})/;

/** "outside:192.0.2.1/443", "192.0.2.1/443", "2001:db8::1", "inside:web1/80". */
function endpoint(text: string): Endpoint | undefined {
  const slash = text.lastIndexOf('/');
  const portText = slash > 0 ? text.slice(slash + 1) : undefined;
  const place = slash > 0 ? text.slice(0, slash) : text;
  const port = portText !== undefined && /^\d{1,5}$/.test(portText) ? portText : SERVICES.get(portText ?? '');
  if (normalizeIp(place) !== undefined) return { address: place, port };
  const colon = place.indexOf(':');
  if (colon === -1) {
    // IKE writes address:port without a slash only behind Local: and Remote:.
    return isHostName(place) ? { address: place, port } : undefined;
  }
  const address = place.slice(colon + 1);
  const name = place.slice(0, colon);
  if (normalizeIp(name) !== undefined && /^\d{1,5}$/.test(address)) return { address: name, port: address };
  if (normalizeIp(address) === undefined && !isHostName(address)) return undefined;
  return { address, port, interface: name };
}

const SERVICES = new Map([
  ['ssh', '22'],
  ['telnet', '23'],
  ['http', '80'],
  ['https', '443'],
  ['snmp', '161'],
]);

type Groups = Record<string, string | undefined>;

function sourceAndDestination(groups: Groups): [Endpoint | undefined, Endpoint | undefined] {
  const { sif, sport, dif, dport } = groups;
  if (sport !== undefined && dport !== undefined) {
    return [
      { address: groups.src ?? '', port: sport, interface: sif },
      { address: groups.dst ?? '', port: dport, interface: dif },
    ];
  }
  const source = groups.src ?? groups.ip ?? groups.addr;
  return [source ? endpoint(source) : undefined, groups.dst ? endpoint(groups.dst) : undefined];
}

function describe(fields: EventFields, groups: Groups): void {
  if (groups.first !== undefined && groups.second !== undefined) {
    const first = endpoint(groups.first);
    const second = endpoint(groups.second);
    // For "outbound" the first end is the server outside, for "inbound" the client there.
    if (groups.dir === 'inbound') setEnds(fields, first, second);
    else if (groups.dir === 'outbound') setEnds(fields, second, first);
    else if (first && second) setUnorderedEnds(fields, first, second);
  } else if (groups.faddr !== undefined && groups.laddr !== undefined) {
    const foreign = { address: groups.faddr };
    const local = { address: groups.laddr };
    if (groups.dir === 'inbound') setEnds(fields, foreign, local);
    else if (groups.dir === 'outbound') setEnds(fields, local, foreign);
    else setUnorderedEnds(fields, foreign, local);
  } else setEnds(fields, ...sourceAndDestination(groups));
  setTransport(fields, groups.proto ?? groups.protocol);
  setUser(fields, groups.user);
  if (groups.dir) fields['network.direction'] = groups.dir;
  if (groups.rule) fields['rule.name'] = groups.rule;
  if (groups.bytes) fields['network.bytes'] = Number(groups.bytes);
  if (groups.reason) fields['event.reason'] = groups.reason.trim();
  if (groups.url) fields['url.original'] = groups.url;
  if (groups.file) fields['file.path'] = groups.file;
  const command = groups.command ?? groups.cmd;
  if (command) fields['cisco.asa.command_line_arguments'] = command;
  if (groups.nat) {
    const nat = endpoint(groups.nat);
    const ip = nat && normalizeIp(nat.address);
    if (ip) fields['source.nat.ip'] = ip;
    if (nat?.port) fields['source.nat.port'] = Number(nat.port);
  }
}

function classifyRow(fields: EventFields, row: AsaRow, groups: Groups, level: string): void {
  switch (row.is) {
    case 'deny':
      return judge(fields, 'drop');
    case 'reject':
      return connected(fields, 'denied', 'failure');
    case 'verdict':
      return judge(
        fields,
        groups.verdict === 'denied' ? 'drop' : groups.verdict === 'requested' ? 'log' : 'accept',
      );
    case 'built':
      return connected(fields, groups.bytes === undefined ? 'start' : 'end');
    case 'teardown':
      return connected(fields, 'end');
    case 'translation':
    case 'connection':
    case 'access':
      return connected(fields, 'info');
    case 'attack':
      return intrusion(fields, severityOf(level) ?? 'medium', verdictOf(groups.verdict) ?? 'drop');
    case 'login_success':
      return login(fields, 'success');
    case 'login_failure':
      return login(fields, 'failure');
    case 'logout':
      return logout(fields);
    case 'session':
      return classify(fields, 'session', 'start', EVENT_ACTION.sessionOpened, 'success');
    case 'command':
      return configured(fields);
    case 'account_added':
      return classify(fields, 'iam', 'creation', EVENT_ACTION.userAdded, 'success');
    case 'account_deleted':
      return classify(fields, 'iam', 'deletion', EVENT_ACTION.userDeleted, 'success');
    case 'account_changed':
      return classify(fields, 'iam', 'change', EVENT_ACTION.userChanged, 'success');
    case 'other':
      fields['event.category'] = 'network';
  }
}

/** Remote-access VPN: the session's user and address, and what became of it. */
function decodeVpn(id: string, text: string, fields: EventFields): boolean {
  const ike = id.startsWith('713');
  const match = (ike ? IKE : VPN).exec(text);
  if (!match) return false;
  const [, group, user, address, said = ''] = match;
  // A name that holds the words around it leaves two readings.
  const marker = ike ? ', IP = ' : / IP <?[0-9A-Fa-f.:]{2,45}>? /.exec(text)?.[0];
  const clear =
    marker !== undefined && text.indexOf(marker) === text.lastIndexOf(marker) && countOf(text, ' IP ') === 1;
  if (clear) {
    setUser(fields, user);
    setEnds(fields, { address: address ?? '' });
    if (group) fields['cisco.asa.group'] = group;
  }
  if (
    /^(?:Authentication: rejected|Remote peer has failed user authentication|User Authorization failed)/.test(
      said,
    )
  )
    login(fields, 'failure');
  else if (said.startsWith('Authentication: successful')) login(fields, 'success');
  else if (
    /^(?:\w+ )?(?:parent )?(?:WebVPN )?session started/i.test(said) ||
    said.startsWith('First TCP SVC connection') ||
    said.includes(' assigned to session')
  )
    classify(fields, 'session', 'start', EVENT_ACTION.sessionOpened, 'success');
  else if (/session (?:terminated|disconnected)/i.test(said)) logout(fields);
  else connected(fields, 'info', 'unknown');
  return true;
}

function countOf(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) count++;
  return count;
}

/** Cisco ASA, PIX, FWSM and Firepower Threat Defense. */
export const ciscoAsa: Decoder = {
  name: 'cisco_asa',
  types: ['cisco-asa', 'asa', 'pix', 'cisco_pix', 'fwsm', 'cisco_ftd', 'cisco-ftd', 'ftd', 'firepower'],
  programs: [],
  anyProgram: true,
  programPattern: /^%(?:ASA|PIX|FTD|FWSM|NGIPS)-/,
  recognise: (header, message) =>
    looksCisco(header, message) &&
    /^(?:ASA|PIX|FTD|FWSM|NGIPS)\b/.test(ciscoMessage(header, message)?.facility ?? ''),
  decode(message, header, fields) {
    const said = message.length <= LONGEST_MESSAGE ? ciscoMessage(header, message) : undefined;
    const ftd = said !== undefined && /^(?:FTD|NGIPS)/.test(said.facility);
    fields['event.module'] = ftd ? 'cisco_ftd' : 'cisco_asa';
    fields['event.dataset'] = ftd ? 'cisco_ftd.log' : 'cisco_asa.log';
    if (!said || !/^(?:ASA|PIX|FTD|FWSM|NGIPS)/.test(said.facility)) return false;
    setRelayed(header, fields);
    fields['observer.vendor'] = 'Cisco';
    fields['observer.product'] = ftd
      ? 'ftd'
      : said.facility.slice(0, said.facility.search(/-|$/)).toLowerCase();
    fields['observer.type'] = 'firewall';
    fields['event.code'] = said.mnemonic;
    setLevel(fields, said.level);
    if (/^43000[1-7]$/.test(said.mnemonic)) return decodeFtdEvent(said.mnemonic, said.text, fields);
    for (const row of BY_ID.get(said.mnemonic) ?? []) {
      const groups = row.form.exec(said.text)?.groups;
      if (!groups) continue;
      describe(fields, groups);
      if (groups.sport !== undefined) setPort(fields, 'source.port', groups.sport);
      classifyRow(fields, row, groups, said.level);
      if (said.text.startsWith('Teardown')) fields['event.type'] = 'end';
      if (said.mnemonic === '111004' && said.text.includes('FAILED')) fields['event.outcome'] = 'failure';
      if (row.is === 'account_changed' && said.mnemonic === '113006') atLeast(fields, 'medium');
      return true;
    }
    if (/^(?:113|713|716|722)/.test(said.mnemonic) && decodeVpn(said.mnemonic, said.text, fields))
      return true;
    classifyById(said.mnemonic, fields);
    return true;
  },
};

/** What the number alone says, for a text that is cut, translated or of another version: no addresses, no names. */
function classifyById(id: string, fields: EventFields): void {
  const rows = BY_ID.get(id) ?? [];
  const row = rows.length === 1 ? rows[0] : undefined;
  if (row) classifyRow(fields, row, {}, String(fields['log.level'] ?? ''));
  else fields['event.category'] = id.startsWith('1') && !id.startsWith('106') ? 'host' : 'network';
}
