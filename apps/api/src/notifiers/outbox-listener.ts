import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { countFailure, type Logger } from '@parapet/telemetry';

const RECONNECT_MS = 1000;

/** Hears `NOTIFY parapet_outbox` on a connection of its own and opens it again when it breaks. */
export class OutboxListener {
  private client: pg.Client | undefined;
  private stopped = false;

  constructor(
    private readonly url: string,
    private readonly heard: () => void,
    private readonly logger: Logger,
  ) {}

  /** Does not wait for the connection: until it stands, the relay's clock does. */
  start(): void {
    void this.connect();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.client?.end().catch(() => countFailure('notifiers', 'listener_end'));
  }

  private async connect(): Promise<void> {
    while (!this.stopped) {
      const client = new pg.Client({
        connectionString: this.url,
        application_name: 'parapet api outbox',
        keepAlive: true,
        connectionTimeoutMillis: 10_000,
      });
      client.on('notification', this.heard);
      const ended = new Promise<void>((resolve) => {
        client.once('end', resolve);
        client.on('error', (error) => {
          this.failed(error);
          resolve();
        });
      });
      try {
        await client.connect();
        this.client = client;
        await client.query('listen parapet_outbox');
        this.heard();
        await ended;
      } catch (error) {
        this.failed(error);
        await client.end().catch(() => undefined);
      }
      if (!this.stopped) await sleep(RECONNECT_MS, undefined, { ref: false });
    }
  }

  private failed(error: unknown): void {
    if (this.stopped) return;
    countFailure('notifiers', 'listener');
    this.logger.warn({ err: error }, 'the outbox is not listened to; polling until it is');
  }
}
