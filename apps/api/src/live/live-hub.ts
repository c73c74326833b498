import { Injectable } from '@nestjs/common';
import type { LiveMessage } from '@parapet/contracts';
import { countFailure } from '@parapet/telemetry';

export type LiveListener = (message: LiveMessage) => void;

/** Hands live messages to the listeners of their tenant and to nobody else. There is no listening to all tenants. */
@Injectable()
export class LiveHub {
  private readonly listeners = new Map<string, Set<LiveListener>>();

  /** Answers what ends it. */
  subscribe(tenantId: string, listener: LiveListener): () => void {
    // Wrapped, so that one function subscribed twice is two subscriptions.
    const own: LiveListener = (message) => listener(message);
    const ofTenant = this.listeners.get(tenantId) ?? new Set();
    this.listeners.set(tenantId, ofTenant.add(own));
    return () => {
      ofTenant.delete(own);
      if (ofTenant.size === 0 && this.listeners.get(tenantId) === ofTenant) this.listeners.delete(tenantId);
    };
  }

  /** A listener that throws keeps the message from nobody else. */
  publish(tenantId: string, message: LiveMessage): void {
    for (const listener of [...(this.listeners.get(tenantId) ?? [])]) {
      try {
        listener(message);
      } catch {
        countFailure('live', 'deliver');
      }
    }
  }
}
