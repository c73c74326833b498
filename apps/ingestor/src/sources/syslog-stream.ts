import { SyslogStreamFramer } from '@parapet/normalize';
import { metrics } from '@parapet/telemetry';
import type { Intake } from '../pipeline/intake.js';
import type { Sender } from '../pipeline/sender.js';
import type { StreamProtocol, StreamSession } from './stream/stream-session.js';

/**
 * Syslog over TCP (RFC 6587) and over TLS (RFC 5425): octet counting or newline framing, told apart by connection.
 * Never writes a byte.
 */
export function syslogStream(transport: 'tcp' | 'tls', intake: Pick<Intake, 'receive'>): StreamProtocol {
  return {
    name: `syslog/${transport}`,
    transport,
    setting: transport === 'tcp' ? 'SYSLOG_TCP_PORT' : 'SYSLOG_TLS_PORT',
    acknowledges: false,
    open: (_socket, sender) => new SyslogSession(transport, intake, sender),
  };
}

class SyslogSession implements StreamSession {
  readonly waits = false;
  readonly owes = false;
  private readonly framer = new SyslogStreamFramer();
  private frames = 0;

  constructor(
    private readonly transport: 'tcp' | 'tls',
    private readonly intake: Pick<Intake, 'receive'>,
    private readonly sender: Sender,
  ) {}

  push(chunk: Buffer): string | undefined {
    const broken = this.framer.push(chunk, this.onFrame);
    this.count();
    return broken?.message;
  }

  end(): void {
    this.framer.end(this.onFrame);
    this.count();
  }

  closed(): void {
    // What had no end when the connection broke is no frame.
  }

  private readonly onFrame = (frame: Buffer, truncated: boolean): void => {
    this.frames++;
    this.intake.receive(frame, truncated, this.sender);
  };

  private count(): void {
    if (this.frames > 0) metrics.received.inc({ transport: this.transport }, this.frames);
    this.frames = 0;
  }
}
