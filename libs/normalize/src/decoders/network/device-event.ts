import { normalizeIp } from '@parapet/contracts';
import type { Severity } from '@parapet/contracts';
import { atLeast, setPort } from '../decoder.js';
import type { DecodeContext, EventFields } from '../decoder.js';
import { asctimeInstant, epochInstant, isoInstant, setTime } from '../event-time.js';
import type { KeyValues } from '../key-values.js';
import {
  configured,
  intrusion,
  judge,
  login,
  logout,
  malware,
  setEnds,
  setTransport,
  setUser,
  verdictOf,
} from './verdict.js';

/** What CEF's and LEEF's headers have in common. `extension` goes by CEF's names. */
export interface DeviceEvent {
  vendor: string;
  product: string;
  version: string;
  /** Signature id or device event class. */
  id: string;
  /** What the device calls the event. */
  name: string;
  severity: Severity | undefined;
  extension: KeyValues;
}

/** CEF and LEEF count from 0 to 10 ("ArcSight Common Event Format", Severity); words for the same are in use too. */
export function deviceSeverity(text: string): Severity | undefined {
  if (/^\d{1,2}$/.test(text)) {
    const number = Number(text);
    if (number > 10) return undefined;
    return number >= 9
      ? 'critical'
      : number >= 7
        ? 'high'
        : number >= 4
          ? 'medium'
          : number >= 1
            ? 'low'
            : 'info';
  }
  const word = text.toLowerCase();
  if (word === 'very-high' || word === 'critical') return 'critical';
  if (word === 'high' || word === 'medium' || word === 'low') return word;
  return word === 'informational' || word === 'info' ? 'info' : undefined;
}

/** Milliseconds since 1970, ISO 8601, "MMM dd yyyy HH:mm:ss[.SSS] [zone]" and the same with the year last. */
export function deviceTime(text: string | undefined, context: DecodeContext): number | undefined {
  if (text === undefined || text.length > 64) return undefined;
  if (/^\d{10,19}$/.test(text)) return epochInstant(Number(text));
  const yearInside =
    /^([A-Za-z]{3} +\d{1,2}),? (\d{4}),?(?: at)? (\d\d:\d\d:\d\d(?:\.\d{1,6})?)(?: (?:UTC|GMT))?$/.exec(text);
  return yearInside
    ? asctimeInstant(`${yearInside[1] ?? ''} ${yearInside[3] ?? ''} ${yearInside[2] ?? ''}`, context)
    : (isoInstant(text, context) ?? (/^[A-Za-z]{3} /.test(text) ? asctimeInstant(text, context) : undefined));
}

function setDevice(event: DeviceEvent, fields: EventFields): void {
  if (event.vendor) fields['observer.vendor'] = event.vendor;
  if (event.product) fields['observer.product'] = event.product;
  if (event.version) fields['observer.version'] = event.version;
  if (event.id) fields['event.code'] = event.id;
  if (event.severity) fields['event.severity'] = event.severity;
  const { extension } = event;
  const own = normalizeIp(extension.one('dvc') ?? '');
  if (own) fields['observer.ip'] = own;
  const host = extension.one('dvchost');
  if (host) fields['observer.hostname'] = host;
  const id = extension.one('externalId');
  if (id) fields['event.id'] = id;
}

function setParties(extension: KeyValues, fields: EventFields): void {
  const source = extension.one('src') ?? extension.one('c6a2');
  const destination = extension.one('dst') ?? extension.one('c6a3');
  setEnds(
    fields,
    source
      ? { address: source, port: extension.one('spt'), interface: extension.one('deviceInboundInterface') }
      : undefined,
    destination
      ? {
          address: destination,
          port: extension.one('dpt'),
          interface: extension.one('deviceOutboundInterface'),
        }
      : undefined,
  );
  if (!destination) setPort(fields, 'destination.port', extension.one('dpt') ?? '-');
  const sourceHost = extension.one('shost');
  if (sourceHost) fields['source.domain'] = sourceHost;
  const destinationHost = extension.one('dhost');
  if (destinationHost) fields['destination.domain'] = destinationHost;
  const sourceUser = extension.one('suser');
  const destinationUser = extension.one('duser');
  if (sourceUser) fields['source.user.name'] = sourceUser;
  if (destinationUser) fields['destination.user.name'] = destinationUser;
  // One of the two is the user of the event; with both it is who acts.
  setUser(fields, sourceUser ?? destinationUser ?? extension.one('UNIFIadmin'));
  const domain = extension.one('sntdom') ?? extension.one('dntdom');
  if (domain) fields['user.domain'] = domain;
  setTransport(fields, extension.one('proto'));
  const application = extension.one('app');
  if (application) fields['network.protocol'] = application.toLowerCase();
}

function setObjects(extension: KeyValues, fields: EventFields): void {
  const url = extension.one('request');
  if (url) fields['url.original'] = url;
  const method = extension.one('requestMethod');
  if (method) fields['http.request.method'] = method;
  const agent = extension.one('requestClientApplication');
  if (agent) fields['user_agent.original'] = agent;
  const referrer = extension.one('requestContext');
  if (referrer) fields['http.request.referrer'] = referrer;
  const file = extension.one('fname');
  if (file) fields['file.name'] = file;
  const path = extension.one('filePath');
  if (path) fields['file.path'] = path;
  const hash = extension.one('fileHash');
  if (hash && /^[0-9a-f]{32,64}$/i.test(hash)) {
    if (hash.length === 32) fields['file.hash.md5'] = hash;
    else if (hash.length === 40) fields['file.hash.sha1'] = hash;
    else if (hash.length === 64) fields['file.hash.sha256'] = hash;
  }
  const process = extension.one('sproc') ?? extension.one('dproc');
  if (process) fields['process.name'] = process;
  const reason = extension.one('reason');
  if (reason) fields['event.reason'] = reason;
  const sent = extension.one('out');
  if (sent && /^\d{1,15}$/.test(sent)) fields['source.bytes'] = Number(sent);
  const received = extension.one('in');
  if (received && /^\d{1,15}$/.test(received)) fields['destination.bytes'] = Number(received);
  const rule = extension.one('UNIFIipsSignature') ?? extension.one('policy');
  if (rule) fields['rule.name'] = rule;
}

const LOGIN = /\blog(?:ged)?[ -_]?(?:on|in)\b|\blogins?\b|authentic|sign(?:ed)?[ -]?in\b/i;
const LOGOUT = /\blog(?:ged)?[ -_]?(?:off|out)\b|sign(?:ed)?[ -]?out\b/i;
const FAILED = /fail|denied|invalid|incorrect|wrong|reject|refus|unsuccess|locked|bad /i;
const SUCCEEDED = /success|succeed|accepted|allowed|granted|permitted|passed|\/Success/i;
const MALWARE = /malware|virus|trojan|ransom|spyware|worm|botnet/i;
const ATTACK =
  /intrusion|attack|threat|exploit|\bIPS\b|\bIDS\b|\bIOC\b|malicious|violation|anomaly|\bscan\b|brute ?force/i;

/** Classifies by what the device says it did, then by what it calls the event; `category` is the device's own. */
function classifyDevice(event: DeviceEvent, fields: EventFields): void {
  const { extension, name } = event;
  const action = extension.one('act');
  // Some put the engine first: "IDS:Reset".
  const verdict = verdictOf(action) ?? verdictOf(action?.slice(action.lastIndexOf(':') + 1));
  const told = `${name} ${action ?? ''} ${extension.one('cat') ?? ''} ${extension.one('UNIFIsubCategory') ?? ''}`;
  const result = extension.one('outcome') ?? extension.one('categoryOutcome') ?? '';
  const outcome =
    FAILED.test(result) || FAILED.test(name) || FAILED.test(action ?? '')
      ? 'failure'
      : SUCCEEDED.test(`${result} ${name} ${action ?? ''}`)
        ? 'success'
        : 'unknown';
  if (LOGOUT.test(name)) logout(fields);
  else if (
    LOGIN.test(name) ||
    LOGIN.test(action ?? '') ||
    /^(?:authentication|logon|login)$/i.test(extension.one('cat') ?? '')
  )
    login(fields, outcome);
  else if (/^Admin Accessed /.test(name)) login(fields, 'success');
  else if (MALWARE.test(told)) malware(fields, event.severity ?? 'medium');
  else if (ATTACK.test(told)) intrusion(fields, event.severity ?? 'medium', verdict);
  else if (verdict && fields['source.ip'] !== undefined && hasDestination(fields))
    judgeAtLevel(event, verdict, fields);
  else if (/config|policy (?:changed|modified)|setting/i.test(name)) configured(fields);
  else if (outcome !== 'unknown') fields['event.outcome'] = outcome;
}

function hasDestination(fields: EventFields): boolean {
  return fields['destination.ip'] !== undefined || fields['destination.port'] !== undefined;
}

/** A verdict whose severity the device graded itself. */
function judgeAtLevel(
  event: DeviceEvent,
  verdict: 'drop' | 'reject' | 'accept' | 'log',
  fields: EventFields,
): void {
  judge(fields, verdict);
  if (event.severity) atLeast(fields, event.severity);
}

/** The fields of an event that came as CEF or LEEF. */
export function setDeviceEvent(event: DeviceEvent, fields: EventFields, context: DecodeContext): void {
  const { extension } = event;
  setDevice(event, fields);
  setTime(
    fields,
    deviceTime(
      extension.one('rt') ?? extension.one('end') ?? extension.one('start') ?? extension.one('UNIFIutcTime'),
      context,
    ),
  );
  setParties(extension, fields);
  setObjects(extension, fields);
  classifyDevice(event, fields);
}
