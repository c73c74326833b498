import type { Decoder } from '../decoder.js';
import { accessLog, apache } from './apache.js';
import { awsWaf, elb, s3access } from './aws.js';
import { caddy } from './caddy.js';
import { cloudflare, fastly, openAppSec } from './cdn.js';
import { envoy } from './envoy.js';
import { haproxy } from './haproxy.js';
import { iis } from './iis.js';
import { lighttpd } from './lighttpd.js';
import { modsecurity } from './modsecurity.js';
import { nginx } from './nginx.js';
import { nginxJson } from './nginx-json.js';
import { nginxProxyManager } from './nginx-proxy-manager.js';
import { squid } from './squid.js';
import { traefik } from './traefik.js';

/** Web servers, proxies and load balancers: access and error logs. */
export const WEB_DECODERS: readonly Decoder[] = [
  nginx,
  apache,
  nginxProxyManager,
  haproxy,
  envoy,
  squid,
  lighttpd,
  iis,
  s3access,
  elb,
  caddy,
  traefik,
  fastly,
  cloudflare,
  openAppSec,
  modsecurity,
  awsWaf,
  nginxJson,
  // Last: access logs of any server.
  accessLog,
];
