// The few settings the launcher itself needs. Everything else is read and checked by libs/config, in the services.
import { readFileSync } from 'node:fs';
import { bindError, holderOf } from './ports.mjs';
import { dataDirOf } from './paths.mjs';
import { StartError } from './say.mjs';

/** Ports that people and other machines connect to: a busy one stops the start. 0 turns a syslog listener off. */
const PORTS = [
  { name: 'HTTP_PORT', fallback: 3000, protocol: 'tcp', host: (s) => s.host },
  { name: 'SYSLOG_UDP_PORT', fallback: 5514, protocol: 'udp', host: (s) => s.ingestHost, mayBeOff: true },
  { name: 'SYSLOG_TCP_PORT', fallback: 5514, protocol: 'tcp', host: (s) => s.ingestHost, mayBeOff: true },
  { name: 'SYSLOG_TLS_PORT', fallback: 6514, protocol: 'tcp', host: (s) => s.ingestHost, mayBeOff: true },
  { name: 'RELP_PORT', fallback: 2514, protocol: 'tcp', host: (s) => s.ingestHost, mayBeOff: true },
  { name: 'INGEST_HTTP_PORT', fallback: 8088, protocol: 'tcp', host: (s) => s.ingestHost, mayBeOff: true },
  { name: 'INGESTOR_METRICS_PORT', fallback: 9101, protocol: 'tcp', host: (s) => s.metricsHost },
  { name: 'PROCESSOR_METRICS_PORT', fallback: 9102, protocol: 'tcp', host: (s) => s.metricsHost },
  {
    name: 'MAIL_HTTP_PORT',
    fallback: 1080,
    protocol: 'tcp',
    host: () => '127.0.0.1',
    onlyIf: (s) => s.mailCatcher,
  },
  {
    name: 'MAIL_SMTP_PORT',
    fallback: 1025,
    protocol: 'tcp',
    host: () => '127.0.0.1',
    onlyIf: (s) => s.mailCatcher,
  },
];

const given = (env, name) => env[name] !== undefined && env[name] !== '';

function portOf(env, name, fallback, mayBeOff, problems) {
  if (!given(env, name)) return fallback;
  const port = /^\d{1,5}$/.test(env[name]) ? Number(env[name]) : -1;
  if (port > 65535 || port < (mayBeOff ? 0 : 1)) {
    problems.push(`${name} must be a port number from ${mayBeOff ? '0 (off)' : '1'} to 65535`);
  }
  return port;
}

function valueOrFile(env, name, problems) {
  if (given(env, name)) return env[name];
  if (!given(env, `${name}_FILE`)) return undefined;
  try {
    return readFileSync(env[`${name}_FILE`], 'utf8').trim();
  } catch (error) {
    problems.push(`${name}_FILE names a file that can't be read (${error.code})`);
    return undefined;
  }
}

const isLoopback = (host) => host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);

/** Reads the launcher's settings; throws one StartError that lists every problem by name. */
export function readSettings(env) {
  const problems = [];
  const settings = {
    dataDir: dataDirOf(env),
    host: env.HOST || '127.0.0.1',
    ingestHost: env.INGEST_HOST || '127.0.0.1',
    metricsHost: env.METRICS_HOST || '127.0.0.1',
    databaseUrl: valueOrFile(env, 'DATABASE_URL', problems),
    redisUrl: valueOrFile(env, 'REDIS_URL', problems),
    mailCatcher: !given(env, 'SMTP_URL') && !given(env, 'SMTP_URL_FILE'),
    ports: {},
    embeddedPg: {
      port: portOf(env, 'EMBEDDED_PG_PORT', 54329, false, problems),
      fixed: given(env, 'EMBEDDED_PG_PORT'),
    },
    embeddedRedis: {
      port: portOf(env, 'EMBEDDED_REDIS_PORT', 63799, false, problems),
      fixed: given(env, 'EMBEDDED_REDIS_PORT'),
    },
    redisMaxMemory: env.EMBEDDED_REDIS_MAXMEMORY || '1gb',
  };
  if (!/^\d+(kb|mb|gb)?$/i.test(settings.redisMaxMemory))
    problems.push('EMBEDDED_REDIS_MAXMEMORY must be a size like 1gb or 512mb');
  const holders = new Map();
  for (const entry of PORTS) {
    const port = portOf(env, entry.name, entry.fallback, entry.mayBeOff, problems);
    settings.ports[entry.name] = port;
    if (port <= 0 || (entry.onlyIf && !entry.onlyIf(settings))) continue;
    const key = `${entry.protocol} ${port}`;
    if (holders.has(key))
      problems.push(`${entry.name} and ${holders.get(key)} are both ${entry.protocol} port ${port}`);
    holders.set(key, entry.name);
  }
  settings.embedded = settings.databaseUrl === undefined;
  settings.seed = env.SEED || (settings.embedded && isLoopback(settings.host) ? 'demo' : 'none');
  if (problems.length > 0)
    throw new StartError(`These settings can't be used:\n${problems.map((p) => `  - ${p}`).join('\n')}`);
  return settings;
}

/** Throws one StartError that names every port that can't be opened: setting, port, and holder where known. */
export async function checkPorts(settings) {
  const wanted = PORTS.filter(
    (entry) => settings.ports[entry.name] > 0 && (!entry.onlyIf || entry.onlyIf(settings)),
  ).map((entry) => ({
    ...entry,
    port: settings.ports[entry.name],
    host: entry.host(settings),
  }));
  if (settings.databaseUrl === undefined && settings.embeddedPg.fixed) {
    wanted.push({
      name: 'EMBEDDED_PG_PORT',
      port: settings.embeddedPg.port,
      protocol: 'tcp',
      host: '127.0.0.1',
    });
  }
  if (settings.redisUrl === undefined && settings.embeddedRedis.fixed) {
    wanted.push({
      name: 'EMBEDDED_REDIS_PORT',
      port: settings.embeddedRedis.port,
      protocol: 'tcp',
      host: '127.0.0.1',
    });
  }
  const problems = [];
  for (const { name, port, protocol, host } of wanted) {
    const error = await bindError(protocol, port, host);
    if (error) problems.push(describe(name, port, protocol, host, error));
  }
  if (problems.length > 0) throw new StartError(problems.join('\n'));
}

function describe(name, port, protocol, host, error) {
  const place = `${protocol.toUpperCase()} port ${port} (${name})`;
  if (error === 'EACCES')
    return `${place} needs privileges that this user doesn't have. Choose a port above 1023.`;
  if (error !== 'EADDRINUSE')
    return `${place} can't be opened on ${host} (${error}). Check the address and the port.`;
  const holder = holderOf(protocol, port);
  const by = holder
    ? `is in use by process ${holder.pid} (${holder.command})`
    : 'is in use by another process';
  return `${place} ${by}. Stop it, or choose another port: ${name}=${port + 10000 > 65535 ? port - 10000 : port + 10000} npm start`;
}

export const hostForClients = (host) =>
  host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
