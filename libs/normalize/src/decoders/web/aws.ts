import { EVENT_ACTION } from '@parapet/contracts';
import { atLeast, classify, setDestination, setSource } from '../decoder.js';
import type { DecodeContext, Decoder, EventFields } from '../decoder.js';
import { clfInstant, epochInstant, isoInstant, setTime } from '../event-time.js';
import { jsonDecoder, numberAt, textAt } from '../json/index.js';
import type { JsonRecord } from '../json/index.js';
import { setClient } from './client.js';
import {
  present,
  setAgent,
  setAnswer,
  setBytes,
  setDataset,
  setReferrer,
  setRequestLine,
} from './http-fields.js';
import { readQuoted } from './quoted.js';

const MOST_WORDS = 48;

/** Words of an AWS log line: parted by spaces, in quotes or in brackets. */
function words(line: string): string[] {
  const out: string[] = [];
  for (let at = 0; at < line.length && out.length < MOST_WORDS;) {
    const code = line.charCodeAt(at);
    if (code === 32) at++;
    else if (code === 34) {
      const { text, end } = readQuoted(line, at);
      out.push(text);
      at = end;
    } else {
      const stop = line.indexOf(code === 91 ? ']' : ' ', at);
      const end = stop === -1 ? line.length : stop;
      out.push(line.slice(code === 91 ? at + 1 : at, end));
      at = end + 1;
    }
  }
  return out;
}

interface S3 {
  bucket?: string;
  time?: string;
  remote?: string;
  requester?: string;
  operation?: string;
  key?: string;
  request?: string;
  status?: string;
  error?: string;
  bytes?: string;
  referrer?: string;
  agent?: string;
}

function setS3(fields: EventFields, entry: S3, context: DecodeContext): boolean {
  setDataset(fields, 'aws', 's3access');
  setTime(fields, clfInstant(entry.time ?? '', context));
  setAnswer(fields, entry.status);
  setRequestLine(fields, entry.request ?? '');
  setBytes(fields, entry.bytes);
  setReferrer(fields, entry.referrer);
  setAgent(fields, entry.agent);
  if (present(entry.remote)) setSource(fields, entry.remote);
  if (present(entry.bucket)) fields['aws.s3access.bucket'] = entry.bucket;
  if (present(entry.operation)) fields['aws.s3access.operation'] = entry.operation;
  if (present(entry.key)) fields['aws.s3access.key'] = entry.key;
  if (present(entry.error)) {
    fields['aws.s3access.error_code'] = entry.error;
    fields['event.code'] = entry.error;
  }
  if (present(entry.requester)) {
    fields['aws.s3access.requester'] = entry.requester;
    const user =
      /^arn:aws[a-z-]{0,16}:(?:iam|sts)::\d{12}:(?:user|assumed-role)\/(?:.{0,512}\/)?([^/]{1,128})$/.exec(
        entry.requester,
      );
    if (user) fields['user.name'] = user[1];
  }
  return true;
}

const S3_LINE = /^[0-9a-f]{64} [a-z0-9.-]{3,63} \[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] /;

const s3Json = jsonDecoder({
  name: 's3access',
  types: ['aws_s3_access', 'aws-s3-access', 's3-access', 's3_access'],
  recogniseRecord: (record) =>
    record.source === 's3_server_access' || textAt(record, 'aws', 'source') === 's3_server_access',
  decodeRecord(record, fields, context) {
    const at = (name: string) => textAt(record, 'aws', name) ?? textAt(record, name);
    if (at('operation') === undefined) return false;
    return setS3(
      fields,
      {
        bucket: at('bucket'),
        time: at('time'),
        remote: at('remote_ip'),
        requester: at('requester'),
        operation: at('operation'),
        key: at('key'),
        request: at('request_uri'),
        status: at('http_status'),
        error: at('error_code'),
        bytes: at('bytes_sent'),
        referrer: at('referer'),
        agent: at('user_agent'),
      },
      context,
    );
  },
});

/** Amazon S3 server access logs (LogFormat of the user guide), as lines or as JSON that a shipper made of them. */
export const s3access = {
  ...s3Json,
  wholeLines: true,
  recognise: (_header: unknown, line: string) => line.charCodeAt(64) === 32 && S3_LINE.test(line),
  decode(...[message, header, fields, context]: Parameters<typeof s3Json.decode>): boolean {
    if (!S3_LINE.test(message)) return s3Json.decode(message, header, fields, context);
    const [
      ,
      bucket,
      time,
      remote,
      requester,
      ,
      operation,
      key,
      request,
      status,
      error,
      bytes,
      ,
      ,
      ,
      referrer,
      agent,
    ] = words(message);
    return setS3(
      fields,
      { bucket, time, remote, requester, operation, key, request, status, error, bytes, referrer, agent },
      context,
    );
  },
};

const ELB_TIME = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{1,6}Z';
const PEER = '(?:[0-9A-Fa-f.]{7,15}|\\[?[0-9A-Fa-f:.]{2,45}\\]?):\\d{1,5}';
const CLASSIC = new RegExp(
  `^(${ELB_TIME}) (\\S{1,255}) (${PEER}) (${PEER}|-) -?[\\d.]+ -?[\\d.]+ -?[\\d.]+ (\\d{1,3}|-) (?:\\d{1,3}|-) (\\d{1,15}) (\\d{1,15}) "`,
);
const APPLICATION = new RegExp(
  `^(?:http|https|h2|grpcs|ws|wss) (${ELB_TIME}) (\\S{1,255}) (${PEER}) (${PEER}|-) -?[\\d.]+ -?[\\d.]+ -?[\\d.]+ (\\d{1,3}|-) (?:\\d{1,3}|-) (\\d{1,15}) (\\d{1,15}) "`,
);

/** Elastic Load Balancing: application and classic load balancers' access logs. */
export const elb: Decoder = {
  name: 'elb',
  types: ['aws-alb', 'alb', 'aws_elb', 'aws-elb'],
  programs: [],
  wholeLines: true,
  recognise: (_header, line) => line.includes('Z ') && (APPLICATION.test(line) || CLASSIC.test(line)),
  decode(line, _header, fields, context) {
    setDataset(fields, 'aws', 'elb_logs');
    const match = APPLICATION.exec(line) ?? CLASSIC.exec(line);
    if (!match) return false;
    setTime(fields, isoInstant(match[1] ?? '', context));
    setAnswer(fields, match[5]);
    setClient(fields, match[3] ?? '');
    const target = /^\[?(.{2,45}?)\]?:(\d{1,5})$/.exec(match[4] ?? '');
    if (target) setDestination(fields, target[1] ?? '', target[2]);
    setBytes(fields, match[7]);
    const request = readQuoted(line, match[0].length - 1);
    // A client that sent none: "- http://host:80- -".
    setRequestLine(fields, request.text.startsWith('- ') ? '' : request.text);
    const open = line.indexOf('"', request.end);
    if (open !== -1) setAgent(fields, readQuoted(line, open).text);
    fields['aws.elb.name'] = match[2];
    return true;
  },
};

/** AWS WAF's JSON. */
export const awsWaf = jsonDecoder({
  name: 'aws_waf',
  types: ['aws-waf', 'waf'],
  recogniseRecord: (record) => 'webaclId' in record && 'httpRequest' in record,
  decodeRecord(record: JsonRecord, fields) {
    setDataset(fields, 'aws', 'waf');
    const at = numberAt(record, 'timestamp');
    if (at !== undefined) setTime(fields, epochInstant(at));
    const client = textAt(record, 'httpRequest', 'clientIp');
    if (client !== undefined) setSource(fields, client);
    const query = textAt(record, 'httpRequest', 'args');
    const uri = textAt(record, 'httpRequest', 'uri');
    if (uri !== undefined) {
      const target = query === undefined ? uri : `${uri}?${query}`;
      setRequestLine(fields, `${textAt(record, 'httpRequest', 'httpMethod') ?? 'GET'} ${target} HTTP/1.1`);
    }
    const version = /^HTTP\/(\d(?:\.\d)?)$/.exec(textAt(record, 'httpRequest', 'httpVersion') ?? '')?.[1];
    fields['http.version'] = version;
    const rule = textAt(record, 'terminatingRuleId');
    if (rule) fields['rule.id'] = rule;
    const action = textAt(record, 'action');
    const blocked = action === 'BLOCK' || action === 'CAPTCHA' || action === 'CHALLENGE';
    classify(
      fields,
      'web',
      blocked ? 'denied' : 'access',
      blocked ? EVENT_ACTION.webDenied : EVENT_ACTION.webRequest,
      blocked ? 'failure' : 'success',
    );
    if (blocked) atLeast(fields, 'low');
    return true;
  },
});
