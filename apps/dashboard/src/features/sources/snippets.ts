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

/** What to paste into a sender so that its logs come here. */
export function snippetsFor(pageHost: string): Snippet[] {
  const host = bare(pageHost);
  const { udp, tcp, tls } = SYSLOG_PORTS;
  const queue =
    'queue.type="LinkedList" queue.filename="parapet" queue.saveOnShutdown="on" action.resumeRetryCount="-1"';
  return [
    {
      id: 'rsyslog-tcp',
      title: 'rsyslog, TCP',
      where: '/etc/rsyslog.d/90-parapet.conf, then: systemctl restart rsyslog',
      text: `*.* action(type="omfwd" target="${host}" port="${tcp}" protocol="tcp"\n  TCP_Framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format"\n  ${queue})`,
    },
    {
      id: 'rsyslog-tls',
      title: 'rsyslog, TLS',
      where: '/etc/rsyslog.d/90-parapet.conf; needs rsyslog-gnutls and the certificate authority of Parapet',
      text: `*.* action(type="omfwd" target="${host}" port="${tls}" protocol="tcp"\n  StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="x509/name"\n  StreamDriver.CAFile="/etc/ssl/certs/parapet-ca.pem" StreamDriverPermittedPeers="${host}"\n  TCP_Framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format"\n  ${queue})`,
    },
    {
      id: 'rsyslog-udp',
      title: 'rsyslog, UDP',
      where: '/etc/rsyslog.d/90-parapet.conf; UDP may lose messages, prefer TCP',
      text: `*.* action(type="omfwd" target="${host}" port="${udp}" protocol="udp"\n  template="RSYSLOG_SyslogProtocol23Format")`,
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
      text: `logger --server ${host} --port ${tcp} --tcp --octet-count --rfc5424=notq -t sshd -p auth.info \\\n  "Failed password for root from 203.0.113.7 port 51122 ssh2"`,
    },
  ];
}
