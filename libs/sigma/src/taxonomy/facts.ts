import type { LogSource } from '../ast.js';
import { WINDOWS_CATEGORIES, WINDOWS_SERVICES } from './windows.js';

/** What an event tells of its origin, in the fields that say so. Empty strings stand for what it doesn't tell. */
export interface Origin {
  /** Windows event channel, lower case. */
  channel: string;
  /** Windows event id; -1 for none. */
  eventId: number;
  /** Lower case, as all below. */
  module: string;
  dataset: string;
  /** `event.category`; several with commas between. */
  category: string;
  /** `event.type`, likewise. */
  type: string;
  /** The program that logged: `process.name` or syslog's tag. */
  program: string;
  /** Which of our decoders read it (`labels.decoder`): says what wrote a line that names no program. */
  decoder: string;
}

/** What an event can be asked for as a log source. */
export interface Facts {
  categories: ReadonlySet<string>;
  products: ReadonlySet<string>;
  services: ReadonlySet<string>;
}

interface SourceRow {
  categories?: readonly string[];
  products?: readonly string[];
  services?: readonly string[];
}

/** Modules that are a category as a whole. */
const CATEGORY_MODULES: Readonly<Record<string, readonly string[]>> = {
  application: ['kubernetes'],
  antivirus: ['clamav', 'eset_protect'],
  dns: ['adguardhome', 'bind', 'dnsmasq', 'nsd', 'technitium', 'unbound'],
  firewall: [
    'checkpoint',
    'cisco_asa',
    'cisco_ftd',
    'cisco_meraki',
    'fortinet_fortigate',
    'huawei_usg',
    'iptables',
    'juniper_netscreen',
    'juniper_srx',
    'mikrotik',
    'opnsense',
    'panw',
    'pf',
    'pfsense',
    'sonicwall_firewall',
    'sophos',
    'watchguard_firebox',
    'zyxel',
  ],
  ids: ['snort', 'suricata'],
  proxy: ['squid'],
  webserver: [
    'apache',
    'caddy',
    'cloudflare_logpush',
    'envoyproxy',
    'fastly',
    'haproxy',
    'iis',
    'lighttpd',
    'nginx',
    'traefik',
    'uvicorn',
    'web',
  ],
};

/** Modules of software that runs on Linux as a rule, and whose rules Sigma files under that product. */
const LINUX_MODULES = [
  'apparmor',
  'auditd',
  'clamav',
  'dovecot',
  'exim',
  'fail2ban',
  'guacamole',
  'iptables',
  'linux',
  'openvpn',
  'postfix',
  'proftpd',
  'pure-ftpd',
  'samba',
  'sendmail',
  'system',
  'vsftpd',
  'xinetd',
];

/** What else `event.module` means in Sigma's terms. The module itself is always a product and a service as well. */
const MODULES: Readonly<Record<string, SourceRow>> = {
  cisco_asa: { products: ['cisco'], services: ['asa', 'syslog'] },
  cisco_ftd: { products: ['cisco'], services: ['ftd', 'syslog'] },
  cisco_ios: { products: ['cisco'], services: ['aaa', 'bgp', 'ldp', 'syslog'] },
  cisco_meraki: { products: ['cisco'] },
  fortinet_fortigate: {
    products: ['fortinet', 'fortigate', 'fortios'],
    services: ['event', 'sslvpnd', 'traffic'],
  },
  google_workspace: { products: ['gcp'] },
  huawei_usg: { products: ['huawei'], services: ['bgp', 'ldp'] },
  iis: { products: ['windows'] },
  juniper_netscreen: { products: ['juniper'] },
  juniper_srx: { products: ['juniper'], services: ['bgp', 'ldp'] },
  m365_defender: { products: ['m365'], services: ['threat_detection', 'threat_management'] },
  o365: { products: ['m365'] },
  okta: { services: ['okta'] },
  opnsense: { products: ['openbsd'] },
  panw: { products: ['paloalto'] },
  pf: { products: ['openbsd'] },
};

/** What `event.dataset` means beside its parts: `aws.cloudtrail` is product `aws`, service `cloudtrail` by itself. */
const DATASETS: Readonly<Record<string, SourceRow>> = {
  'apache.error': { services: ['apache'] },
  'azure.identity_protection': { services: ['riskdetection'] },
  'cpanel.access': { categories: ['webserver'] },
  'gotify.access': { categories: ['webserver'] },
  'kubernetes.audit_logs': { services: ['audit'] },
  'o365.audit': { services: ['exchange', 'threat_detection', 'threat_management'] },
  'openappsec.waf': { categories: ['webserver'] },
  'aws.s3access': { categories: ['webserver'] },
  'system.auth': { services: ['auth', 'syslog'] },
  'zeek.dns': { categories: ['dns'] },
  'zeek.connection': { services: ['conn'] },
};

/** Programs of Unix systems that are log sources of their own. */
const PROGRAMS: Readonly<Record<string, SourceRow>> = {
  audispd: { services: ['auditd'] },
  clamd: { services: ['clamav'], categories: ['antivirus'] },
  clamav: { categories: ['antivirus'] },
  crond: { services: ['cron'] },
  dnsmasq: { categories: ['dns'] },
  guacd: { services: ['guacamole'] },
  login: { services: ['auth'] },
  named: { categories: ['dns'] },
  sshd: { services: ['auth'] },
  'sshd-session': { services: ['sshd', 'auth'] },
  su: { services: ['auth'] },
  sudo: { services: ['auth'] },
  unbound: { categories: ['dns'] },
};

/** ECS `event.category` and `event.type` → Sigma's category. */
const ECS_CATEGORIES: Readonly<Record<string, readonly string[]>> = {
  'process/start': ['process_creation'],
  'process/end': ['process_termination'],
  'network/connection': ['network_connection'],
  'network/protocol': ['network_connection'],
  'file/creation': ['file_event'],
  'file/change': ['file_change', 'file_event'],
  'file/deletion': ['file_delete'],
  'file/access': ['file_access'],
  'malware/info': ['antivirus'],
  'network/denied': ['firewall'],
  'network/allowed': ['firewall'],
};

const SERVICES_OF_CHANNEL = new Map<string, string[]>();
for (const [service, channels] of Object.entries(WINDOWS_SERVICES))
  for (const channel of channels)
    SERVICES_OF_CHANNEL.set(channel.toLowerCase(), [
      ...(SERVICES_OF_CHANNEL.get(channel.toLowerCase()) ?? []),
      service,
    ]);

/** Whether the event tells anything that a log source could be compared with. */
export function isIdentified(origin: Origin): boolean {
  return origin.channel !== '' || origin.module !== '' || origin.dataset !== '' || origin.category !== '';
}

/** What the event can be asked for. Pure in `origin`, so that it can be remembered. */
export function factsOf(origin: Origin): Facts {
  const categories = new Set<string>();
  const products = new Set<string>();
  const services = new Set<string>();
  const add = (row: SourceRow | undefined) => {
    row?.categories?.forEach((category) => categories.add(category));
    row?.products?.forEach((product) => products.add(product));
    row?.services?.forEach((service) => services.add(service));
  };
  if (origin.channel !== '') add(windowsRow(origin));
  if (origin.module !== '') {
    products.add(origin.module);
    services.add(origin.module);
    add(rowOf(MODULES, origin.module));
    for (const [category, modules] of Object.entries(CATEGORY_MODULES))
      if (modules.includes(origin.module)) categories.add(category);
    if (LINUX_MODULES.includes(origin.module)) products.add('linux');
  }
  if (origin.dataset !== '') {
    const [product = '', ...rest] = origin.dataset.split('.');
    products.add(product);
    services.add(rest.join('.')).add(origin.dataset);
    add(rowOf(DATASETS, origin.dataset));
  }
  for (const category of origin.category.split(',')) {
    if (category === '') continue;
    categories.add(category);
    for (const type of origin.type.split(',')) {
      const found = `${category}/${type}`;
      if (Object.hasOwn(ECS_CATEGORIES, found)) add({ categories: ECS_CATEGORIES[found] });
    }
  }
  for (const program of [origin.program, origin.decoder]) {
    if (program === '' || origin.channel !== '') continue;
    services.add(program);
    add(rowOf(PROGRAMS, program));
  }
  return { categories, products, services };
}

function rowOf(table: Readonly<Record<string, SourceRow>>, key: string): SourceRow | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function windowsRow({ channel, eventId }: Origin): SourceRow {
  const services = SERVICES_OF_CHANNEL.get(channel) ?? [];
  const categories = Object.entries(WINDOWS_CATEGORIES).flatMap(([category, rows]) =>
    rows.some((row) => services.includes(row.service) && row.eventIds.includes(eventId)) ? [category] : [],
  );
  return { products: ['windows'], services, categories };
}

/** Whether a rule of this log source looks at events with these facts. */
export function accepts(source: LogSource, facts: Facts): boolean {
  return (
    (source.category === undefined || facts.categories.has(source.category)) &&
    (source.product === undefined || facts.products.has(source.product)) &&
    (source.service === undefined || facts.services.has(source.service))
  );
}

const KNOWN_PRODUCTS = new Set([
  'windows',
  'macos',
  'linux',
  'aws',
  'azure',
  'gcp',
  'github',
  'zeek',
  ...Object.entries(MODULES).flatMap(([module, { products }]) => [module, ...(products ?? [])]),
]);
const KNOWN_CATEGORIES = new Set([
  ...Object.keys(WINDOWS_CATEGORIES),
  ...Object.keys(CATEGORY_MODULES),
  ...Object.values(ECS_CATEGORIES).flat(),
]);

/** Whether events of this log source would tell that they are: then one that tells nothing is hardly of it. */
export function isKnown({ product, category }: LogSource): boolean {
  return (
    (product !== undefined && KNOWN_PRODUCTS.has(product)) ||
    (category !== undefined && KNOWN_CATEGORIES.has(category))
  );
}
