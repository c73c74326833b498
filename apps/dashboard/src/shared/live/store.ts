import { defineStore } from 'pinia';
import { onScopeDispose, ref } from 'vue';
import { io } from 'socket.io-client';
import type { LiveMessage } from '@parapet/contracts';
import { ApiError, api } from '../api/index.js';
import { LiveConnection } from './connection.js';
import type { LiveState } from './connection.js';

/** What a view hears: the server's messages, and `resync` when it should fetch again. */
export type LiveEvent = LiveMessage | { kind: 'resync' };

async function renewSession(): Promise<boolean> {
  try {
    await api.refreshSession();
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return false;
    throw error;
  }
}

/** The one live connection of this page and its state. Views listen through `onLive`. */
export const useLive = defineStore('live', () => {
  const state = ref<LiveState>('idle');
  const unreadable = ref(0);
  const listeners = new Set<(event: LiveEvent) => void>();
  const tell = (event: LiveEvent) => listeners.forEach((listener) => listener(event));

  const connection = new LiveConnection({
    // Same origin, signed in by the access cookie; WebSocket only: polling GETs carry no Origin, which the server wants.
    open: () =>
      io({
        path: '/ws',
        transports: ['websocket'],
        autoConnect: false,
        reconnectionDelayMax: 10_000,
      }),
    renew: renewSession,
    schedule: (task, ms) => {
      const timer = setTimeout(task, ms);
      return () => clearTimeout(timer);
    },
    onState: (next) => (state.value = next),
    onMessage: tell,
    onResync: () => tell({ kind: 'resync' }),
    onUnreadable: () => (unreadable.value += 1),
  });

  function listen(listener: (event: LiveEvent) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }
  return { state, unreadable, start: () => connection.start(), stop: () => connection.stop(), listen };
});

/** Listens for as long as the calling component lives. */
export function onLive(listener: (event: LiveEvent) => void): void {
  onScopeDispose(useLive().listen(listener));
}
