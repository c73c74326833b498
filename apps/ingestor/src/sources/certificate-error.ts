import { OperatorError } from '@parapet/errors';

export class CertificateError extends OperatorError {
  constructor(problem: string, options?: ErrorOptions) {
    super(
      `Listening with TLS can’t start: ${problem}. Set both files, or turn it off (SYSLOG_TLS_PORT=0, RELP_TLS=false).`,
      options,
    );
  }
}
