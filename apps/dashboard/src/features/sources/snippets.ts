import { SYSLOG_PORTS } from './ports.js';

export interface Snippet {
  id: string;
  title: string;
  /** Where it goes. */
  where: string;
  text: string;
}

/** Host for configuration files: an IPv6 literal comes from the URL in brackets, which syslog daemons don't want. */
const bare = (host: string) => host.replace(/^\[|\]$/g, '');
const RSYSLOG_FILE = '/etc/rsyslog.d/90-parapet.conf';
const QUEUE =
  'queue.type="LinkedList" queue.filename="parapet" queue.maxDiskSpace="1g" queue.saveOnShutdown="on" action.resumeRetryCount="-1"';
const FORMAT = 'template="RSYSLOG_SyslogProtocol23Format"';
const LOGIN = 'Failed password for root from 203.0.113.7 port 51122 ssh2';

/** What to paste into a sender so that its logs come here. */
export function snippetsFor(pageHost: string): Snippet[] {
  const host = bare(pageHost);
  const { udp, tcp, tls, relp } = SYSLOG_PORTS;
  const gtls = `StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="x509/name"\n  StreamDriver.CAFile="/etc/ssl/certs/parapet-ca.pem" StreamDriverPermittedPeers="${host}"`;
  const overTls = `*.* action(type="omfwd" target="${host}" port="${tls}" protocol="tcp"\n  ${gtls}`;
  return [
    {
      id: 'rsyslog-relp',
      title: 'rsyslog, RELP',
      where: `${RSYSLOG_FILE}; needs rsyslog-relp. Loses nothing: what is not acknowledged stays in its queue on disk`,
      text: `module(load="omrelp")\n*.* action(type="omrelp" target="${host}" port="${relp}" ${FORMAT}\n  ${QUEUE})`,
    },
    {
      id: 'rsyslog-tcp',
      title: 'rsyslog, TCP',
      where: `${RSYSLOG_FILE}, then: systemctl restart rsyslog`,
      text: `*.* action(type="omfwd" target="${host}" port="${tcp}" protocol="tcp"\n  TCP_Framing="octet-counted" ${FORMAT}\n  ${QUEUE})`,
    },
    {
      id: 'rsyslog-tls',
      title: 'rsyslog, TLS',
      where: `${RSYSLOG_FILE}; needs rsyslog-gnutls and the certificate authority of Parapet`,
      text: `${overTls}\n  TCP_Framing="octet-counted" ${FORMAT}\n  ${QUEUE})`,
    },
    {
      id: 'rsyslog-certificate',
      title: 'rsyslog, client certificate',
      where: `${RSYSLOG_FILE}; needs rsyslog-gnutls. Add a source known by this certificate`,
      text: `${overTls}\n  StreamDriver.CertFile="/etc/rsyslog.d/client.crt" StreamDriver.KeyFile="/etc/rsyslog.d/client.key"\n  TCP_Framing="octet-counted" ${FORMAT}\n  ${QUEUE})`,
    },
    {
      id: 'rsyslog-udp',
      title: 'rsyslog, UDP',
      where: `${RSYSLOG_FILE}; UDP may lose messages, prefer TCP`,
      text: `*.* action(type="omfwd" target="${host}" port="${udp}" protocol="udp"\n  ${FORMAT})`,
    },
    {
      id: 'syslog-ng',
      title: 'syslog-ng',
      where: '/etc/syslog-ng/conf.d/parapet.conf; s_src is the source of Debian’s default configuration',
      text: `destination d_parapet {\n  syslog("${host}" transport("tcp") port(${tcp})\n    disk-buffer(disk-buf-size(268435456) reliable(no)));\n};\nlog { source(s_src); destination(d_parapet); };`,
    },
    {
      id: 'logger',
      title: 'logger',
      where: 'One line to try; it must come from an address of the source',
      text: `logger --server ${host} --port ${tcp} --tcp --octet-count --rfc5424=notq -t sshd -p auth.info \\\n  "${LOGIN}"`,
    },
  ];
}

/** The same for a sender that is known by its token, from whatever address. */
export function tokenSnippetsFor(pageHost: string, token: string): Snippet[] {
  const host = bare(pageHost);
  const { tcp, relp } = SYSLOG_PORTS;
  const element = `parapet@32473`;
  const template = `template(name="parapet" type="string"\n  string="<%PRI%>1 %TIMESTAMP:::date-rfc3339% %HOSTNAME% %APP-NAME% %PROCID% %MSGID% [${element} token=\\"${token}\\"] %msg%\\n")`;
  return [
    {
      id: 'rsyslog-relp',
      title: 'rsyslog, RELP',
      where: `${RSYSLOG_FILE} (mode 600); needs rsyslog-relp`,
      text: `module(load="omrelp")\n${template}\n*.* action(type="omrelp" target="${host}" port="${relp}" template="parapet"\n  ${QUEUE})`,
    },
    {
      id: 'rsyslog-tcp',
      title: 'rsyslog, TCP',
      where: `${RSYSLOG_FILE} (mode 600)`,
      text: `${template}\n*.* action(type="omfwd" target="${host}" port="${tcp}" protocol="tcp"\n  TCP_Framing="octet-counted" template="parapet"\n  ${QUEUE})`,
    },
    {
      id: 'syslog-ng',
      title: 'syslog-ng',
      where: '/etc/syslog-ng/conf.d/parapet.conf (mode 600)',
      text: `rewrite r_parapet { set("${token}" value(".SDATA.${element}.token")); };\ndestination d_parapet { syslog("${host}" transport("tcp") port(${tcp})); };\nlog { source(s_src); rewrite(r_parapet); destination(d_parapet); };`,
    },
    {
      id: 'logger',
      title: 'logger',
      where: 'One line to try, from any address',
      text: `logger --server ${host} --port ${tcp} --tcp --octet-count --rfc5424=notq -t sshd -p auth.info \\\n  --sd-id ${element} --sd-param 'token="${token}"' "${LOGIN}"`,
    },
  ];
}
