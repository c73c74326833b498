import { request } from 'node:http';
import { io, type Socket } from 'socket.io-client';
import { z } from 'zod';
import type { Alert, LiveMessage } from '@parapet/contracts';
import { newId } from '@parapet/db';
import { waitFor } from '@parapet/testing';

/** An alert as a live message has it; the title is what tests look at. */
export function liveAlert(title: string): LiveMessage {
  const now = new Date().toISOString();
  const alert: Alert = {
    id: newId(),
    detector: 'brute_force',
    title,
    description: '',
    severity: 'high',
    score: 70,
    status: 'new',
    group: { 'source.ip': '203.0.113.7' },
    technique: null,
    eventCount: 5,
    firstSeen: now,
    lastSeen: now,
    createdAt: now,
    updatedAt: now,
    assignee: null,
    historical: false,
    source: null,
  };
  return { kind: 'alert.created', alert };
}

const refusalSchema = z.object({ data: z.object({ code: z.string() }) });

/** A Socket.IO client that remembers what it heard. */
export class LiveClient {
  readonly titles: string[] = [];
  /** Why it was let go, or what came of its try. */
  ended = '';
  private readonly socket: Socket;

  constructor(url: string, options: { headers?: Record<string, string>; auth?: { token: string } }) {
    this.socket = io(url, {
      path: '/ws',
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      extraHeaders: options.headers,
      auth: options.auth,
    });
    this.socket.on('alert.created', (message: LiveMessage) => this.titles.push(message.alert.title));
    this.socket.on('disconnect', (reason) => (this.ended = reason));
    this.socket.on('connect_error', (error) => {
      const refusal = refusalSchema.safeParse(error);
      this.ended = refusal.success ? refusal.data.data.code : 'refused';
    });
  }

  async connected(): Promise<this> {
    await waitFor(() => this.socket.connected, { what: 'the live connection' });
    return this;
  }

  /** Why it ended. */
  end(timeoutMs = 5000): Promise<string> {
    return waitFor(() => this.ended, { timeoutMs, what: 'the end of the live connection' });
  }

  close(): void {
    this.socket.disconnect();
  }
}

/** The status that an upgrade to WebSocket is answered with. */
export function upgradeStatus(url: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const attempt = request(`${url}/ws/?EIO=4&transport=websocket`, {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': Buffer.alloc(16, 1).toString('base64'),
        ...headers,
      },
    });
    attempt.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    attempt.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve(response.statusCode ?? 0);
    });
    attempt.on('error', reject);
    attempt.end();
  });
}

/** A stream of server-sent events, as text that grows. */
export class AlertStream {
  text = '';
  status = 0;
  closed = false;
  headers = new Headers();
  private readonly abort = new AbortController();

  async open(url: string, token: string): Promise<this> {
    const response = await fetch(`${url}/api/v1/alerts/stream`, {
      headers: { authorization: `Bearer ${token}` },
      signal: this.abort.signal,
    });
    this.status = response.status;
    this.headers = response.headers;
    void this.read(response);
    return this;
  }

  close(): void {
    this.abort.abort();
  }

  private async read({ body }: Response): Promise<void> {
    try {
      for await (const chunk of body ?? []) this.text += Buffer.from(chunk).toString('utf8');
    } catch (error) {
      if (!this.abort.signal.aborted) this.text += `broke: ${String(error)}`;
    }
    this.closed = true;
  }
}
