import { computed, ref } from 'vue';
import { endpoints } from '@parapet/contracts';
import type { Severity } from '@parapet/contracts';
import { api } from '../../shared/api/index.js';
import { abilityOf, keyBytes, labelOf, sameKey } from './push.js';

export class PushRefusedError extends Error {
  override readonly name = 'PushRefusedError';
  constructor() {
    super('You did not allow notifications for this site.');
  }
}

const isIos = () =>
  /iPhone|iPad/.test(navigator.userAgent) ||
  (navigator.platform === 'MacIntel' && navigator.maxTouchPoints > 1);

function ability() {
  return abilityOf({
    secure: window.isSecureContext,
    serviceWorker: 'serviceWorker' in navigator,
    pushManager: 'PushManager' in window,
    notification: 'Notification' in window,
    ios: isIos(),
    standalone: window.matchMedia('(display-mode: standalone)').matches,
  });
}

const ID_KEY = 'parapet.pushSubscriptionId';

/** This browser's own push subscription: made by the browser's push service, kept by the server. */
export function usePush() {
  const able = ability();
  const permission = ref<NotificationPermission>(able === 'ready' ? Notification.permission : 'default');
  const endpoint = ref<string | null>(null);
  /** The server's id of this browser's subscription, as far as this browser remembers. */
  const ownId = ref(localStorage.getItem(ID_KEY));

  async function look(): Promise<void> {
    if (able !== 'ready') return;
    permission.value = Notification.permission;
    const registration = await navigator.serviceWorker.ready;
    endpoint.value = (await registration.pushManager.getSubscription())?.endpoint ?? null;
  }

  async function turnOn(minSeverity: Severity): Promise<void> {
    permission.value = await Notification.requestPermission();
    if (permission.value !== 'granted') throw new PushRefusedError();
    const { publicKey } = await api.call(endpoints.getPushKey);
    const key = keyBytes(publicKey);
    const { pushManager } = await navigator.serviceWorker.ready;
    const old = await pushManager.getSubscription();
    if (old && !sameKey(old.options.applicationServerKey, key)) await old.unsubscribe();
    const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    const { p256dh = '', auth = '' } = subscription.toJSON().keys ?? {};
    const kept = await api.call(endpoints.createPushSubscription, {
      body: {
        endpoint: subscription.endpoint,
        keys: { p256dh, auth },
        label: labelOf(navigator.userAgent),
        minSeverity,
      },
    });
    localStorage.setItem(ID_KEY, kept.id);
    ownId.value = kept.id;
    endpoint.value = subscription.endpoint;
  }

  /** Ends it in the browser; the server's copy is removed by its id. */
  async function turnOff(): Promise<void> {
    const { pushManager } = await navigator.serviceWorker.ready;
    await (await pushManager.getSubscription())?.unsubscribe();
    localStorage.removeItem(ID_KEY);
    ownId.value = null;
    endpoint.value = null;
  }

  const on = computed(() => endpoint.value !== null && ownId.value !== null);
  return { able, permission, on, ownId, look, turnOn, turnOff };
}
