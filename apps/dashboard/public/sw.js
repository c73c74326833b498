// Service worker: shows push messages and makes Parapet installable. It caches nothing, because what an analyst sees
// must be what the server knows now.
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

/** A push message of ours: {v: 1, kind: 'alert', alertId, title, body, severity, url}. Null when it is not readable. */
function readMessage(event) {
  try {
    const message = event.data ? event.data.json() : null;
    return message && message.v === 1 ? message : null;
  } catch {
    return null;
  }
}

/** Only paths of this origin: a message can't send anybody elsewhere. */
function ownPath(url) {
  try {
    const target = new URL(url, self.location.origin);
    return target.origin === self.location.origin ? target.pathname + target.search : '/alerts';
  } catch {
    return '/alerts';
  }
}

self.addEventListener('push', (event) => {
  // Browsers demand a visible notification for each push, so an unreadable one is shown too.
  const message = readMessage(event) || { title: 'Parapet', body: 'There is something new. Open Parapet to see it.', url: '/alerts' };
  event.waitUntil(
    self.registration.showNotification(String(message.title || 'Parapet'), {
      body: String(message.body || ''),
      tag: message.alertId || 'parapet',
      renotify: true,
      icon: '/icon-192.png',
      badge: '/badge-96.png',
      requireInteraction: message.severity === 'critical',
      data: { url: ownPath(message.url || '/alerts') },
    }),
  );
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const path = ownPath((event.notification.data && event.notification.data.url) || '/alerts');
  event.waitUntil(
    (async () => {
      const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
      const open = windows.find((client) => new URL(client.url).origin === self.location.origin);
      if (!open) return self.clients.openWindow(path);
      await open.focus();
      // The page moves by its own router; a full load would lose what its user was typing.
      open.postMessage({ kind: 'navigate', path });
    })(),
  );
});

/** The browser changed the subscription: ask again with the same key and tell the server. */
self.addEventListener('pushsubscriptionchange', (event) => {
  event.waitUntil(
    (async () => {
      const key = await fetch('/api/v1/notifications/push/key', { credentials: 'same-origin' });
      const me = await fetch('/api/v1/auth/me', { credentials: 'same-origin' });
      if (!key.ok || !me.ok) return; // signed out: the page repairs the subscription after the next sign-in
      const { publicKey } = await key.json();
      const { csrfToken } = await me.json();
      const subscription =
        event.newSubscription ||
        (await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey }));
      const { endpoint, keys } = subscription.toJSON();
      await fetch('/api/v1/notifications/push/subscriptions', {
        method: 'POST',
        credentials: 'same-origin',
        headers: { 'content-type': 'application/json', 'x-csrf-token': csrfToken },
        body: JSON.stringify({ endpoint, keys, label: 'renewed by the browser' }),
      });
    })(),
  );
});
