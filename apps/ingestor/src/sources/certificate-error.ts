import { OperatorError } from '@parapet/errors';

export class CertificateError extends OperatorError {
  constructor(problem: string, options?: ErrorOptions) {
    super(`Syslog over TLS can’t start: ${problem}. Set both files, or SYSLOG_TLS_PORT=0.`, options);
  }
}
