import { setSource } from '../decoder.js';
import type { DecodeContext, Decoder, EventFields } from '../decoder.js';
import { isoInstant, setTime } from '../event-time.js';
import { jsonDecoder } from '../json/index.js';
import type { JsonRecord } from '../json/index.js';
import { LOGIN_FAILED, LOGIN_SUCCEEDED } from '../meanings.js';
import { mean } from '../message-form.js';
import { setAgent, setAnswer, setDataset, setMethod, setReferrer, setTarget } from '../web/http-fields.js';
import { setClient } from '../web/client.js';
import { parseLogfmt } from './logfmt.js';
import { APPLICATION_EVENT, LOGIN_LIMITED } from './meanings.js';

/** A record's values by name, whether it came as logfmt or as JSON. */
type Value = (name: string) => string | undefined;

function valuesOf(record: JsonRecord): Value {
  return (name) => {
    const value = Object.hasOwn(record, name) ? record[name] : undefined;
    return typeof value === 'string'
      ? value || undefined
      : typeof value === 'number'
        ? String(value)
        : undefined;
  };
}

interface LogfmtApp {
  name: string;
  types?: readonly string[];
  programs: readonly string[];
  /** A word of every such line, to look for before it is parsed. */
  hint: string;
  recognises(value: Value): boolean;
  decode(value: Value, fields: EventFields, context: DecodeContext): boolean;
}

const COMPOSE = /^[a-z0-9][\w.-]{0,63} {1,32}\| /;
const LONGEST_LINE = 8192;

/** An application that writes the same pairs as logfmt or as JSON. */
function logfmtApp(app: LogfmtApp): Decoder {
  const read = (line: string): Value | undefined => {
    if (line.length > LONGEST_LINE) return undefined;
    const pairs = parseLogfmt(line.replace(COMPOSE, ''));
    return pairs && ((name) => pairs.get(name) || undefined);
  };
  const json = jsonDecoder({
    name: app.name,
    types: app.types,
    programs: app.programs,
    recogniseRecord: (record) => app.recognises(valuesOf(record)),
    decodeRecord(record, fields, context) {
      setDataset(fields, app.name, 'log');
      return app.decode(valuesOf(record), fields, context);
    },
  });
  return {
    ...json,
    wholeLines: true,
    recognise(_header, line) {
      if (!line.includes(app.hint)) return false;
      const value = read(line);
      return value !== undefined && app.recognises(value);
    },
    decode(message, header, fields, context) {
      setDataset(fields, app.name, 'log');
      const value = read(message);
      return value ? app.decode(value, fields, context) : json.decode(message, header, fields, context);
    },
  };
}

const INVALID =
  /password-auth\.(?:failed|invalid)|identity\.not-found|user not found|invalid username or password/i;

/** Grafana's server log (logfmt or JSON). One attempt writes "Invalid username or password" and, since 10, "Request Completed". */
export const grafana = logfmtApp({
  name: 'grafana',
  types: ['grafana-server'],
  programs: ['grafana', 'grafana-server'],
  hint: 'logger=',
  recognises: (value) =>
    value('logger') !== undefined &&
    value('msg') !== undefined &&
    (value('t') ?? value('lvl') ?? value('orgId')) !== undefined,
  decode(value, fields, context) {
    const message = value('msg');
    if (message === undefined) return false;
    setTime(fields, isoInstant(value('t') ?? '', context));
    const level = value('level') ?? value('lvl');
    if (level !== undefined) fields['log.level'] = level;
    const error = `${value('error') ?? ''} ${value('errorMessageID') ?? ''}`;
    const completed = message === 'Request Completed';
    if (completed) {
      setAnswer(fields, value('status'));
      setMethod(fields, value('method'));
      setTarget(fields, value('path'));
      setReferrer(fields, value('referer'));
      if (value('status') === '401' && value('path') === '/login' && INVALID.test(error))
        mean(fields, LOGIN_FAILED);
    } else if (
      message === 'Invalid username or password' ||
      (message === 'Unauthorized' && INVALID.test(error))
    )
      mean(fields, LOGIN_FAILED);
    else if (message === 'Successful Login') mean(fields, LOGIN_SUCCEEDED);
    else if (message.includes('login attempts') || /too many (?:consecutive )?incorrect login/i.test(error))
      mean(fields, LOGIN_LIMITED);
    else mean(fields, APPLICATION_EVENT);
    const address = value('remote_addr');
    if (address !== undefined) setClient(fields, address);
    const user = value('User') ?? value('uname') ?? value('username');
    if (user !== undefined) fields['user.name'] = user;
    return true;
  },
});

/** Miniflux (Go's slog as text or JSON). */
export const miniflux = logfmtApp({
  name: 'miniflux',
  programs: ['miniflux'],
  hint: 'client_ip=',
  recognises: (value) =>
    value('client_ip') !== undefined && value('msg') !== undefined && value('level') !== undefined,
  decode(value, fields, context) {
    const client = value('client_ip');
    const message = value('msg');
    if (client === undefined || message === undefined) return false;
    setTime(fields, isoInstant(value('time') ?? '', context));
    if (value('authentication_failed') === 'true' || message === 'Incorrect username or password')
      mean(fields, LOGIN_FAILED);
    else if (
      value('authentication_successful') === 'true' ||
      /^User authenticated successfully/.test(message)
    )
      mean(fields, LOGIN_SUCCEEDED);
    else mean(fields, APPLICATION_EVENT);
    setSource(fields, client);
    setAgent(fields, value('user_agent'));
    const user = value('username');
    if (user !== undefined) fields['user.name'] = user;
    return true;
  },
});

const AUTHELIA =
  /^(Successful|Unsuccessful) (\w{2,16}) authentication attempt (?:made )?by user '(.{0,256})'(?: and they are banned until .{1,64})?(?:$|: )/s;
const AUTHELIA_UNKNOWN = /^Error .{0,128} getting details for user with username input '(.{0,256})'/s;

/** Authelia's log (logfmt or JSON). */
export const authelia = logfmtApp({
  name: 'authelia',
  programs: ['authelia'],
  hint: 'remote_ip=',
  recognises: (value) =>
    value('remote_ip') !== undefined && value('msg') !== undefined && value('path') !== undefined,
  decode(value, fields, context) {
    const message = value('msg');
    if (message === undefined) return false;
    setTime(fields, isoInstant(value('time') ?? '', context));
    const attempt = AUTHELIA.exec(message);
    const unknown = attempt ? null : AUTHELIA_UNKNOWN.exec(message);
    if (attempt) mean(fields, attempt[1] === 'Successful' ? LOGIN_SUCCEEDED : LOGIN_FAILED);
    else if (unknown) mean(fields, LOGIN_FAILED);
    else mean(fields, APPLICATION_EVENT);
    const user = attempt?.[3] ?? unknown?.[1];
    if (user) fields['user.name'] = user;
    setMethod(fields, value('method'));
    setTarget(fields, value('path'));
    const client = value('remote_ip');
    if (client !== undefined) setSource(fields, client);
    return true;
  },
});
