import { liveMessageSchema } from '@parapet/contracts';
import type { LiveMessage } from '@parapet/contracts';

export const LIVE_KINDS = ['alert.created', 'alert.updated'] as const;
export type LiveState = 'idle' | 'connecting' | 'connected' | 'reconnecting' | 'offline';

/** The part of a Socket.IO client that the live connection uses. */
export interface LiveSocket {
  on(event: string, listener: (payload?: unknown) => void): unknown;
  connect(): unknown;
  disconnect(): unknown;
  /** Whether the client will try again by itself. */
  readonly active: boolean;
}

export interface LivePorts {
  open: () => LiveSocket;
  /** Renews the session cookie; false when only signing in can help. */
  renew: () => Promise<boolean>;
  schedule: (task: () => void, ms: number) => () => void;
  onState: (state: LiveState) => void;
  onMessage: (message: LiveMessage) => void;
  /** The connection is back after a gap: whatever was shown may be out of date. */
  onResync: () => void;
  /** A message that is not of the contract. */
  onUnreadable: () => void;
}

/** Reconnecting for longer than this is shown as offline. */
export const OFFLINE_AFTER_MS = 20_000;
const RETRY_MS = 3000;

/**
 * One live connection. The server closes it when the access token ends and refuses it without one; then the session is
 * renewed and the socket opened again, which the Socket.IO client does not do by itself in these two cases.
 */
export class LiveConnection {
  private socket: LiveSocket | null = null;
  private hadGap = false;
  private cancelOffline: (() => void) | null = null;
  private cancelRetry: (() => void) | null = null;

  constructor(private readonly ports: LivePorts) {}

  start(): void {
    if (this.socket) return;
    const socket = this.ports.open();
    this.socket = socket;
    this.ports.onState('connecting');
    socket.on('connect', () => this.connected());
    socket.on('disconnect', () => this.lost(socket));
    socket.on('connect_error', () => this.lost(socket));
    for (const kind of LIVE_KINDS) socket.on(kind, (payload) => this.receive(payload));
    socket.connect();
  }

  stop(): void {
    this.clearTimers();
    const socket = this.socket;
    this.socket = null;
    this.hadGap = false;
    socket?.disconnect();
    this.ports.onState('idle');
  }

  private connected(): void {
    this.clearTimers();
    this.ports.onState('connected');
    if (this.hadGap) this.ports.onResync();
    this.hadGap = false;
  }

  private lost(socket: LiveSocket): void {
    if (socket !== this.socket) return;
    if (!this.hadGap) this.ports.onState('reconnecting');
    this.hadGap = true;
    this.cancelOffline ??= this.ports.schedule(() => this.ports.onState('offline'), OFFLINE_AFTER_MS);
    if (!socket.active && !this.cancelRetry) {
      this.cancelRetry = this.ports.schedule(
        () => void this.reopen(socket),
        RETRY_MS * (0.5 + Math.random()),
      );
    }
  }

  private async reopen(socket: LiveSocket): Promise<void> {
    const renewed = await this.ports.renew().catch(() => true); // no network: try on, the session may be good
    this.cancelRetry = null;
    if (renewed && socket === this.socket) socket.connect();
  }

  private receive(payload: unknown): void {
    const message = liveMessageSchema.safeParse(payload);
    if (message.success) this.ports.onMessage(message.data);
    else this.ports.onUnreadable();
  }

  private clearTimers(): void {
    this.cancelOffline?.();
    this.cancelRetry?.();
    this.cancelOffline = null;
    this.cancelRetry = null;
  }
}
