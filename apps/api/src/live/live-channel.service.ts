import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { LIVE_CHANNEL, liveEnvelopeSchema } from '@parapet/contracts';
import { countFailure, type Logger } from '@parapet/telemetry';
import { LOGGER, RedisSubscriber } from '../core/tokens.js';
import { LiveHub } from './live-hub.js';
import { parseJson } from '../core/parse-json.js';

/** What other processes published, from Redis to this process' hub. */
@Injectable()
export class LiveChannel implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly onMessage = (channel: string, text: string) => this.receive(channel, text);

  constructor(
    private readonly subscriber: RedisSubscriber,
    private readonly hub: LiveHub,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.subscriber.on('message', this.onMessage);
    // Not waited for: a Redis that is away at the start must not keep the rest from starting.
    this.subscriber.subscribe(LIVE_CHANNEL).catch((error: unknown) => {
      countFailure('live', 'subscribe');
      this.logger.warn({ err: error }, 'Could not listen for live messages');
    });
  }

  onModuleDestroy(): void {
    this.subscriber.off('message', this.onMessage);
  }

  private receive(channel: string, text: string): void {
    if (channel !== LIVE_CHANNEL) return;
    const envelope = liveEnvelopeSchema.safeParse(parseJson(text));
    if (envelope.success) {
      this.hub.publish(envelope.data.tenantId, envelope.data.message);
    } else {
      countFailure('live', 'unreadable_message');
      this.logger.warn({ problem: envelope.error.message }, 'A live message is not of the contract');
    }
  }
}
