import type { Socket } from 'node:net';
import type { Sender } from '../../pipeline/sender.js';

/** What a protocol does with the bytes of one connection. */
export interface StreamSession {
  /** Takes the next bytes. A text says why the connection can't be read on; it is then closed. */
  push(chunk: Buffer): string | undefined;
  /**
   * Nothing more will be pushed: hands out what came whole without its end, and says good-bye where there is a word for
   * it. `by`: who ends the connection; a sender that ends it in order (FIN, no reset) has read what we wrote.
   */
  end(by: 'sender' | 'us'): void;
  /** The connection is gone, whoever ended it. */
  closed(): void;
  /** Whether the sender must wait before more is read, for a reason of this protocol. */
  readonly waits: boolean;
  /** Whether the sender waits for an answer that is still owed. */
  readonly owes: boolean;
}

/** A protocol that runs on a byte stream. */
export interface StreamProtocol {
  /** As in logs and metrics: `syslog/tcp`. */
  readonly name: string;
  readonly transport: 'tcp' | 'tls' | 'relp';
  /** Name of the setting of its port, for the error when it is taken. */
  readonly setting: string;
  /**
   * Whether the sender keeps what we have not acknowledged. At a stop nothing more is read from it; from others what
   * they had already sent is.
   */
  readonly acknowledges: boolean;
  open(socket: Socket, sender: Sender): StreamSession;
}
