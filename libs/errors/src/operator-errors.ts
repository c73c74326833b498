import { ParapetError } from './parapet-error.js';

/** Errors that an operator must act on: they end a start or a command, and say what to do. */
export abstract class OperatorError extends ParapetError {
  readonly code = 'internal';
  readonly status = 500;
}

/** One or more settings are wrong. Names, never values: values may be secrets. */
export class SettingsError extends OperatorError {
  constructor(readonly problems: readonly { name: string; problem: string }[]) {
    super(`Bad settings:\n${problems.map(({ name, problem }) => `  ${name}: ${problem}`).join('\n')}`);
  }
}

export class RedisNotDurableError extends OperatorError {
  constructor(problem: string) {
    super(
      `Redis would lose accepted events: ${problem}. Set "appendonly yes" and "maxmemory-policy noeviction", ` +
        'or accept the loss with REDIS_ALLOW_VOLATILE=true.',
    );
  }
}

export class GeoDatabaseError extends OperatorError {
  constructor(file: string, reason: string, options?: ErrorOptions) {
    super(
      `The geo database ${file} can't be used: ${reason}. Put a whole .mmdb file there, or change the GEOIP_… setting that names it.`,
      options,
    );
  }
}

export class PortInUseError extends OperatorError {
  constructor(setting: string, port: number, protocol: string) {
    super(`Port ${port}/${protocol} is in use. Stop whatever uses it, or set ${setting} to another port.`);
  }
}

export class TenantLeakError extends OperatorError {
  constructor() {
    super('A database connection came from the pool with a tenant already set. The work was refused.');
  }
}
