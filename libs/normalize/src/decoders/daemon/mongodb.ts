import { EVENT_ACTION } from '@parapet/contracts';
import type { Decoder, EventFields } from '../decoder.js';
import { isoInstant, setTime } from '../event-time.js';
import { jsonDecoder, textAt, valueAt } from '../json/index.js';
import type { JsonRecord } from '../json/index.js';
import { CONNECTED, DISCONNECTED, LOGIN_FAILED, LOGIN_SUCCEEDED } from '../meanings.js';
import { form, mean, setPeer, setUserName } from '../message-form.js';
import type { Meaning } from '../message-form.js';
import { serviceDecoder } from '../service-decoder.js';

/** Log identifiers of mongod (since 4.4 each message has one that does not change). */
const MEANINGS = new Map<string, Meaning>([
  ['Authentication failed', LOGIN_FAILED],
  ['Failed to authenticate', LOGIN_FAILED],
  ['Authentication succeeded', LOGIN_SUCCEEDED],
  ['Successfully authenticated', LOGIN_SUCCEEDED],
  ['Connection accepted', CONNECTED],
  ['Connection ended', DISCONNECTED],
]);
const REMOTE = /^(?:\[([0-9A-Fa-f:.]{2,45})\]|([0-9.]{7,15})):(\d{1,5})$/;

/** "192.0.2.1:4071", "[::1]:1053". */
function setRemote(fields: EventFields, remote: string | undefined): void {
  const match = remote === undefined ? null : REMOTE.exec(remote);
  if (match) setPeer(fields, match[1] ?? match[2] ?? '', match[3]);
}

/** mongod and mongos since 4.4: a JSON record with "t", "s", "c", "id", "ctx" and "msg". */
export const mongodbJson = jsonDecoder({
  name: 'mongodb-json',
  recogniseRecord: (record) =>
    typeof record['c'] === 'string' &&
    typeof record['ctx'] === 'string' &&
    typeof record['msg'] === 'string' &&
    typeof record['s'] === 'string' &&
    textAt(record, 't', '$date') !== undefined,
  decodeRecord(record: JsonRecord, fields, context) {
    fields['event.module'] = 'mongodb';
    fields['event.dataset'] = 'mongodb.log';
    const message = textAt(record, 'msg') ?? '';
    const time = textAt(record, 't', '$date');
    if (time !== undefined) setTime(fields, isoInstant(time, context));
    fields.message = message;
    fields['mongodb.log.component'] = textAt(record, 'c');
    fields['mongodb.log.context'] = textAt(record, 'ctx');
    const means = MEANINGS.get(message);
    if (means) mean(fields, means);
    else fields['event.category'] = 'database';
    setRemote(fields, textAt(record, 'attr', 'remote') ?? textAt(record, 'attr', 'client'));
    const user =
      textAt(record, 'attr', 'principalName') ??
      textAt(record, 'attr', 'user', 'user') ??
      textAt(record, 'attr', 'user');
    if (user !== undefined) setUserName(fields, user.replace(/@[A-Za-z0-9$_]{1,64}$/, ''));
    const reason = textAt(record, 'attr', 'error') ?? textAt(record, 'attr', 'result');
    if (reason !== undefined && means === LOGIN_FAILED) fields['event.reason'] = reason;
    if (valueAt(record, 'attr', 'speculative') === true && means === LOGIN_FAILED)
      fields['mongodb.log.speculative'] = true;
    return true;
  },
});

/** mongod before 4.4, in text: "TIME [S COMPONENT] [connN] message". The address stands only where a connection begins. */
export const mongodbText = serviceDecoder({
  name: 'mongodb',
  types: ['mongod', 'mongodb-auth', 'mongodb-text'],
  programs: ['mongod', 'mongos', 'mongod.27017'],
  dataset: 'mongodb.log',
  forms: [
    form(
      LOGIN_FAILED,
      '^(?:SASL )?(?:[A-Z0-9-]{1,20} )?[Aa]uthentication failed for (?<user>[^\\s@]{1,256}) on [A-Za-z0-9$_-]{1,64} from client (?:\\[?<ip>\\]?)(?::<port>)? ?; <reason>$',
    ),
    form(
      LOGIN_FAILED,
      '^Failed to authenticate (?<user>[^\\s]{1,256}?)@[A-Za-z0-9$_-]{1,64}(?: from client <ip>:<port>)? with mechanism [A-Z0-9-]{1,24}: <reason>$',
    ),
    form(
      LOGIN_SUCCEEDED,
      '^Successfully authenticated as principal (?<user>[^\\s]{1,256}) on [A-Za-z0-9$_-]{1,64}(?: from client <ip>:<port>)?$',
    ),
    form(
      { ...CONNECTED, action: EVENT_ACTION.connection },
      '^connection accepted from \\[?<ip>\\]?:<port> #\\d{1,12}.{0,100}$',
    ),
    form(DISCONNECTED, '^end connection \\[?<ip>\\]?:<port>.{0,100}$'),
    form(
      { category: 'database', type: 'access', action: EVENT_ACTION.connection },
      '^ ?authenticate db: .{1,600}$',
    ),
  ],
  lead: /^(?:[FEWID]\d? +[A-Z-]{1,12} +)?(?:\[[A-Za-z0-9_.-]{1,64}\] )?(?:\[[A-Za-z0-9_.-]{1,64}\] )?/,
  file: {
    pattern:
      /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:[+-]\d{4}|Z)) (?=(?:[FEWID]\d? +[A-Z-]{1,12} +)?\[[A-Za-z0-9_.-]{1,64}\] )/,
    time: isoInstant,
  },
});

/** Records first: their text begins with a brace, which none of the text's lines does. */
export const MONGODB: readonly Decoder[] = [mongodbJson, mongodbText];
