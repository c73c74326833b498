import type { Decoder } from '../decoder.js';
import { decodeAccessLine } from './access-log.js';
import { decodeApacheError, isApacheErrorLine } from './apache-error.js';
import { setDataset } from './http-fields.js';
import { decodeNginxError, isNginxErrorLine } from './nginx-error.js';
import { decodeProxyManager } from './nginx-proxy-manager.js';

/** nginx and what is built on it: access log (combined and kin), error log, mail proxy. */
export const nginx: Decoder = {
  name: 'nginx',
  types: ['nginx-access', 'nginx-error', 'openresty', 'angie', 'bunkerweb', 'modsecurity', 'nginx-ingress'],
  programs: ['nginx', 'openresty', 'angie', 'tengine', 'bunkerweb', 'freenginx'],
  // Containers log under names of their own.
  anyProgram: true,
  wholeLines: true,
  recognise: (_header, line) => isNginxErrorLine(line),
  decode(line, _header, fields, context) {
    setDataset(fields, 'nginx', 'access');
    if (isNginxErrorLine(line)) return decodeNginxError(line, fields, context);
    return (
      decodeAccessLine(line, fields, context, 'nginx') ||
      decodeProxyManager(line, fields, context) ||
      // mod_security and relays name "nginx" for whatever web server.
      (isApacheErrorLine(line) && decodeApacheError(line, fields, context))
    );
  },
};
