import type { ErrorCode } from '@parapet/contracts';
import type { ParapetError } from '@parapet/errors';

/** Why a socket was not admitted; Socket.IO hands message and `data` to the client's `connect_error`. */
export class LiveRefusal extends Error {
  readonly data: { code: ErrorCode; status: number };

  constructor({ message, code, status }: Pick<ParapetError, 'message' | 'code' | 'status'>) {
    super(message);
    this.data = { code, status };
  }
}
