import type { Socket } from 'node:net';
import type { InDoubt } from '../../pipeline/in-doubt.js';
import type { Intake } from '../../pipeline/intake.js';
import type { Publisher } from '../../pipeline/publisher.js';
import type { StreamProtocol } from '../stream/stream-session.js';
import { RelpSession } from './relp-session.js';

export interface RelpParts {
  intake: Pick<Intake, 'receive'>;
  inDoubt: Pick<InDoubt, 'told' | 'untold'>;
  publisher: Pick<Publisher, 'stalled'>;
}

/** How long after our start a sender may still be working off what it kept while we were away. */
const CATCHING_UP_MS = 600_000;

/** RELP (rsyslog's omrelp), on TCP or on TLS: a message is acknowledged when Redis has its event. */
export function relp(parts: RelpParts): StreamProtocol {
  const startedAt = Date.now();
  return {
    name: 'relp',
    transport: 'relp',
    setting: 'RELP_PORT',
    acknowledges: true,
    open: (socket: Socket, sender) =>
      new RelpSession(socket, sender, parts, Date.now() - startedAt < CATCHING_UP_MS),
  };
}
