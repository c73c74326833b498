import type { Decoder } from '../decoder.js';
import { decodeAccessLine, isAccessLine } from './access-log.js';
import { decodeApacheError, isApacheErrorLine } from './apache-error.js';
import { REFUSED } from '../meanings.js';
import { form, readForms } from '../message-form.js';
import { setDataset } from './http-fields.js';

/** mod_evasive writes to syslog itself. */
const EVASIVE = [form(REFUSED, '^Blacklisting address <ip>: possible DoS attack\\.?$')];

/** Apache httpd: access log (common, combined, vhost_combined) and error log of 2.2 and 2.4. */
export const apache: Decoder = {
  name: 'apache',
  types: ['apache2', 'httpd', 'apache-access', 'apache-error', 'apache-auth', 'apache_httpd'],
  programs: [
    'apache',
    'apache2',
    'httpd',
    'httpd2',
    'apache-access',
    'apache-error',
    'apache_access',
    'apache_error',
    'mod_evasive',
  ],
  // Containers log under names of their own.
  anyProgram: true,
  wholeLines: true,
  recognise: (_header, line) => isApacheErrorLine(line),
  decode(line, _header, fields, context) {
    setDataset(fields, 'apache', 'access');
    if (isApacheErrorLine(line)) return decodeApacheError(line, fields, context);
    return decodeAccessLine(line, fields, context, 'apache') || readForms(EVASIVE, line, fields);
  },
};

/** Access logs whose server the line does not tell. */
export const accessLog: Decoder = {
  name: 'access_log',
  types: [
    'access-log',
    'web-access',
    'web-accesslog',
    'http_access-log',
    'web',
    'combined',
    'clf',
    'lighttpd-access',
    'tomcat',
    'tomcat-access',
    'litespeed',
    'openlitespeed',
    'traefik-access',
    'cpanel-access',
    'jetty',
  ],
  programs: [],
  anyProgram: true,
  wholeLines: true,
  recognise: (_header, line) => line.includes('] ') && isAccessLine(line),
  decode(line, _header, fields, context) {
    setDataset(fields, 'web', 'access');
    return decodeAccessLine(line, fields, context);
  },
};
