import { LiveConnection, OFFLINE_AFTER_MS } from './connection.js';
import type { LiveSocket } from './connection.js';

class FakeSocket implements LiveSocket {
  active = true;
  connects = 0;
  private readonly listeners = new Map<string, (payload?: unknown) => void>();
  on(event: string, listener: (payload?: unknown) => void) {
    this.listeners.set(event, listener);
  }
  connect() {
    this.connects += 1;
  }
  disconnect() {
    this.emit('disconnect');
  }
  emit(event: string, payload?: unknown) {
    this.listeners.get(event)?.(payload);
  }
}

const alert = {
  id: '018f0000-0000-7000-8000-000000000001',
  detector: 'brute_force',
  title: 'Brute force',
  description: '',
  severity: 'high',
  score: 70,
  status: 'new',
  group: { 'source.ip': '203.0.113.7' },
  technique: null,
  eventCount: 5,
  firstSeen: '2026-01-01T00:00:00.000Z',
  lastSeen: '2026-01-01T00:01:00.000Z',
  createdAt: '2026-01-01T00:01:00.000Z',
  updatedAt: '2026-01-01T00:01:00.000Z',
  assignee: null,
  historical: false,
  source: null,
};

function setup(renew: () => Promise<boolean> = async () => true) {
  const socket = new FakeSocket();
  const seen = { states: [] as string[], messages: [] as string[], resyncs: 0, unreadable: 0, renewals: 0 };
  const timers: { task: () => void; ms: number; off: boolean }[] = [];
  const live = new LiveConnection({
    open: () => socket,
    renew: () => {
      seen.renewals += 1;
      return renew();
    },
    schedule: (task, ms) => {
      const timer = { task, ms, off: false };
      timers.push(timer);
      return () => (timer.off = true);
    },
    onState: (state) => seen.states.push(state),
    onMessage: (message) => seen.messages.push(`${message.kind} ${message.alert.id}`),
    onResync: () => (seen.resyncs += 1),
    onUnreadable: () => (seen.unreadable += 1),
  });
  const fire = (wanted: (ms: number) => boolean) =>
    timers.filter((t) => !t.off && wanted(t.ms)).forEach((t) => t.task());
  return { socket, seen, live, fire };
}
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('the live connection', () => {
  it('hands on messages of the contract and counts others', () => {
    const { socket, seen, live } = setup();
    live.start();
    socket.emit('connect');
    socket.emit('alert.created', { kind: 'alert.created', alert });
    socket.emit('alert.updated', { kind: 'alert.updated', alert: { ...alert, severity: 'terrible' } });
    expect(seen.messages).toEqual([`alert.created ${alert.id}`]);
    expect(seen.unreadable).toBe(1);
  });

  it('asks for a refetch after a gap, and not at the first connection', () => {
    const { socket, seen, live } = setup();
    live.start();
    socket.emit('connect');
    expect(seen.resyncs).toBe(0);
    socket.emit('disconnect');
    socket.emit('connect');
    expect(seen.resyncs).toBe(1);
    expect(seen.states).toEqual(['connecting', 'connected', 'reconnecting', 'connected']);
  });

  it('shows a long gap as offline', () => {
    const { socket, seen, live, fire } = setup();
    live.start();
    socket.emit('connect_error');
    fire((ms) => ms === OFFLINE_AFTER_MS);
    expect(seen.states.at(-1)).toBe('offline');
  });

  it('renews the session and opens again when the server closed the connection', async () => {
    const { socket, seen, live, fire } = setup();
    live.start();
    socket.emit('connect');
    socket.active = false;
    socket.emit('disconnect');
    fire((ms) => ms !== OFFLINE_AFTER_MS);
    await settle();
    expect(seen.renewals).toBe(1);
    expect(socket.connects).toBe(2);
  });

  it('stays closed when the session is over', async () => {
    const { socket, live, fire } = setup(async () => false);
    live.start();
    socket.active = false;
    socket.emit('connect_error');
    fire((ms) => ms !== OFFLINE_AFTER_MS);
    await settle();
    expect(socket.connects).toBe(1);
  });

  it('does nothing more after it was stopped', () => {
    const { socket, seen, live } = setup();
    live.start();
    socket.emit('connect');
    live.stop();
    expect(seen.states.at(-1)).toBe('idle');
  });
});
