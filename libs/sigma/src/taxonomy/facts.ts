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

/** What `event.module` means in Sigma's terms. The module itself is always a product and a service as well. */
const MODULES: Readonly<Record<string, SourceRow>> = {
  apache: { categories: ['webserver'], services: ['apache'] },
  auditd: { products: ['linux'], services: ['auditd'] },
  aws: { products: ['aws'] },
  azure: { products: ['azure'] },
  cisco: { products: ['cisco'], categories: ['firewall'] },
  cisco_asa: { products: ['cisco'], categories: ['firewall'], services: ['asa'] },
  fortinet: { products: ['fortinet', 'fortigate', 'fortios'], categories: ['firewall'] },
  fortigate: { products: ['fortinet', 'fortigate', 'fortios'], categories: ['firewall'] },
  gcp: { products: ['gcp'] },
  github: { products: ['github'] },
  google_workspace: { products: ['gcp', 'google_workspace'] },
  haproxy: { categories: ['webserver'], products: ['haproxy'] },
  iis: { categories: ['webserver'], products: ['windows'], services: ['iis'] },
  iptables: { categories: ['firewall'], products: ['linux'] },
  kubernetes: { categories: ['application'], products: ['kubernetes'] },
  linux: { products: ['linux'] },
  m365: { products: ['m365'] },
  microsoft365: { products: ['m365'] },
  nginx: { categories: ['webserver'], services: ['nginx'] },
  o365: { products: ['m365'] },
  okta: { products: ['okta'], services: ['okta'] },
  panos: { products: ['paloalto'], categories: ['firewall'] },
  panw: { products: ['paloalto'], categories: ['firewall'] },
  pf: { categories: ['firewall'], products: ['openbsd'] },
  pfsense: { categories: ['firewall'], products: ['pfsense'] },
  squid: { categories: ['proxy'] },
  suricata: { products: ['suricata'] },
  system: { products: ['linux'] },
  traefik: { categories: ['webserver'] },
  zeek: { products: ['zeek'] },
};

/** What `event.dataset` means. */
const DATASETS: Readonly<Record<string, SourceRow>> = {
  'aws.cloudtrail': { services: ['cloudtrail'] },
  'azure.activitylogs': { services: ['activitylogs'] },
  'azure.auditlogs': { services: ['auditlogs'] },
  'azure.signinlogs': { services: ['signinlogs'] },
  'gcp.audit': { services: ['gcp.audit'] },
  'github.audit': { services: ['audit'] },
  'kubernetes.audit': { services: ['audit'] },
  'kubernetes.audit_logs': { services: ['audit'] },
  'o365.audit': { services: ['audit', 'exchange', 'threat_management', 'threat_detection'] },
  'suricata.eve': { categories: ['ids'] },
  'system.auth': { services: ['auth', 'syslog'] },
  'system.syslog': { services: ['syslog'] },
};

/** Programs of Unix systems that are log sources of their own. */
const PROGRAMS: Readonly<Record<string, SourceRow>> = {
  auditd: { services: ['auditd'] },
  audispd: { services: ['auditd'] },
  clamd: { services: ['clamav'], categories: ['antivirus'] },
  clamav: { services: ['clamav'], categories: ['antivirus'] },
  cron: { services: ['cron'] },
  crond: { services: ['cron'] },
  dnsmasq: { categories: ['dns'] },
  guacd: { services: ['guacamole'] },
  login: { services: ['auth'] },
  named: { categories: ['dns'] },
  sshd: { services: ['sshd', 'auth'] },
  'sshd-session': { services: ['sshd', 'auth'] },
  su: { services: ['auth'] },
  sudo: { services: ['sudo', 'auth'] },
  unbound: { categories: ['dns'] },
  vsftpd: { services: ['vsftpd'] },
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

const KNOWN_PRODUCTS = new Set(['windows', 'macos']);
for (const [module, { products }] of Object.entries(MODULES))
  for (const product of products ?? [module]) KNOWN_PRODUCTS.add(product);
const KNOWN_CATEGORIES = new Set([
  ...Object.keys(WINDOWS_CATEGORIES),
  ...Object.values(MODULES).flatMap(({ categories }) => categories ?? []),
  ...Object.values(PROGRAMS).flatMap(({ categories }) => categories ?? []),
  ...Object.values(ECS_CATEGORIES).flat(),
]);

/** Whether events of this log source would tell that they are: then one that tells nothing is hardly of it. */
export function isKnown({ product, category }: LogSource): boolean {
  return (
    (product !== undefined && KNOWN_PRODUCTS.has(product)) ||
    (category !== undefined && KNOWN_CATEGORIES.has(category))
  );
}
