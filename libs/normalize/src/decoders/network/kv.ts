import type { Decoder } from '../decoder.js';
import { epochInstant, isoInstant, setTime } from '../event-time.js';
import { readKeyValues } from '../key-values.js';
import { judge, setEnds, setLevel, setTransport, setUser, verdictOf } from './verdict.js';

const LONGEST = 16_384;
const FIRST_PAIR = /^ ?[A-Za-z_][\w.-]{0,63}=/;
const FEWEST_PAIRS = 3;

const SOURCE = [
  'src_ip',
  'srcip',
  'source_ip',
  'sourceip',
  'client_ip',
  'clientip',
  'remote_ip',
  'remote_addr',
  'src',
  'saddr',
  'source.ip',
];
const DESTINATION = [
  'dst_ip',
  'dstip',
  'dest_ip',
  'destination_ip',
  'destip',
  'server_ip',
  'dst',
  'daddr',
  'destination.ip',
];
const SOURCE_PORT = ['src_port', 'srcport', 'source_port', 'sport', 'spt', 'client_port', 'source.port'];
const DESTINATION_PORT = [
  'dst_port',
  'dstport',
  'dest_port',
  'destination_port',
  'dport',
  'dpt',
  'destination.port',
];
const USER = ['user', 'username', 'user_name', 'usr', 'user.name', 'login'];

/**
 * Any log of pairs: `key=value key="a value"`, logfmt. Fields only by names that mean one thing; each pair is kept under `kv.*`.
 * Which words in it are a client's nobody can tell, so that it is recognised only where nothing but pairs is written.
 */
export const kv: Decoder = {
  name: 'kv',
  types: ['key_value', 'keyvalue', 'key=value', 'logfmt'],
  programs: [],
  anyProgram: true,
  recognise: (_header, message) => {
    if (!FIRST_PAIR.test(message.slice(0, 72))) return false;
    const pairs = readKeyValues(message);
    return pairs.pairs >= FEWEST_PAIRS && pairs.strays === 0;
  },
  decode(message, _header, fields, context) {
    fields['event.module'] = 'kv';
    fields['event.dataset'] = 'kv.log';
    if (message.length > LONGEST) return false;
    const pairs = readKeyValues(message);
    if (pairs.pairs < FEWEST_PAIRS || pairs.pairs <= pairs.strays) return false;
    const time = pairs.any(['ts', 'time', 'timestamp', 't', '@timestamp', 'datetime']);
    if (time !== undefined)
      setTime(fields, /^\d{10,19}$/.test(time) ? epochInstant(Number(time)) : isoInstant(time, context));
    setLevel(fields, pairs.any(['level', 'lvl', 'severity', 'loglevel', 'log.level']));
    const source = pairs.any(SOURCE);
    const destination = pairs.any(DESTINATION);
    const verdict = verdictOf(pairs.any(['action', 'act', 'verdict', 'disposition']));
    if (verdict && source && destination) judge(fields, verdict);
    setEnds(
      fields,
      source ? { address: source, port: pairs.any(SOURCE_PORT) } : undefined,
      destination ? { address: destination, port: pairs.any(DESTINATION_PORT) } : undefined,
    );
    setTransport(fields, pairs.any(['proto', 'protocol', 'transport']));
    setUser(fields, pairs.any(USER));
    const said = pairs.first('msg') ?? pairs.first('message');
    if (said) fields.message = said;
    for (const [name, value] of pairs.entries()) if (value !== '') fields[`kv.${name}`] = value;
    return true;
  },
};
