import { PortInUseError } from '@parapet/errors';

/** The error of a failed `listen`, in words an operator can act on. */
export function listenError(error: Error, setting: string, port: number, protocol: 'tcp' | 'udp'): Error {
  return 'code' in error && error.code === 'EADDRINUSE' ? new PortInUseError(setting, port, protocol) : error;
}
