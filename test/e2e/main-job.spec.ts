import { spawnSync } from 'node:child_process';
import type { Browser } from 'playwright-core';
import { z } from 'zod';
import { waitFor } from '@parapet/testing';
import {
  api,
  launchBrowser,
  openPage,
  playScenario,
  product,
  PushService,
  sendLines,
  seriousFindings,
  showIn,
  signIn,
  tokenOf,
} from './support.js';

const ATTACKER = '103.100.210.198';

const alertsSchema = z.object({
  items: z.array(z.object({ id: z.string(), title: z.string(), group: z.record(z.string(), z.string()) })),
  total: z.number(),
});
const mailsSchema = z.union([
  z.array(z.looseObject({ subject: z.string() })),
  z.object({ messages: z.array(z.looseObject({ subject: z.string() })) }).transform((page) => page.messages),
  z.object({ items: z.array(z.looseObject({ subject: z.string() })) }).transform((page) => page.items),
]);

async function alertsOf(email: string) {
  return alertsSchema.parse((await api(await tokenOf(email), '/alerts')).body);
}

async function mails() {
  return mailsSchema.parse(await (await fetch(`${product.mail}/api/messages`)).json());
}

describe('from the sender to the person', () => {
  let browser: Browser;
  const push = new PushService();
  const foreignPush = new PushService();

  beforeAll(async () => {
    browser = await launchBrowser();
    await Promise.all([push.start(), foreignPush.start()]);
    const own = await api(await tokenOf('analyst@acme-corp.test'), '/notifications/push/subscriptions', {
      method: 'POST',
      body: push.subscription(),
    });
    const foreign = await api(
      await tokenOf('analyst@beta-industries.test'),
      '/notifications/push/subscriptions',
      { method: 'POST', body: foreignPush.subscription() },
    );
    expect([own.status, foreign.status]).toEqual([201, 201]);
  });

  afterAll(async () => {
    await browser?.close();
    await Promise.all([push.stop(), foreignPush.stop()]);
  });

  it('shows the line that `logger` sent', async () => {
    const { page, violations } = await openPage(browser);
    await signIn(page, 'viewer@acme-corp.test');
    const marker = `hello-${Date.now()}`;
    const sent = spawnSync('logger', [
      '-n',
      '127.0.0.1',
      '-P',
      String(product.syslogUdp),
      '-d',
      '-t',
      'sshd',
      `Accepted password for ${marker} from 192.0.2.7 port 40022 ssh2`,
    ]);
    expect(sent.status).toBe(0);
    await waitFor(async () => {
      const { body } = await api(await tokenOf('viewer@acme-corp.test'), `/events?userName=${marker}`);
      return z.object({ items: z.array(z.unknown()) }).parse(body).items.length === 1;
    });
    await page.goto(`${product.url}/events?userName=${marker}`);
    await page.getByText(marker).first().waitFor();
    expect(violations).toEqual([]);
  });

  it('brings an attack to the screen without a reload, to the mailbox and to the phone, of the right tenant only', async () => {
    const own = await openPage(browser);
    const foreign = await openPage(browser);
    await signIn(own.page, 'analyst@acme-corp.test');
    await signIn(foreign.page, 'analyst@beta-industries.test');
    await Promise.all([own.page.goto(`${product.url}/alerts`), foreign.page.goto(`${product.url}/alerts`)]);
    await own.page.getByRole('heading', { name: 'Alerts' }).first().waitFor();

    await playScenario('brute-force');
    await own.page.getByText(`Brute force from ${ATTACKER}`).first().waitFor({ timeout: 10_000 });

    const mail = await waitFor(async () => (await mails()).find((m) => m.subject.includes(ATTACKER)), {
      timeoutMs: 15_000,
      what: 'the mail',
    });
    expect(JSON.stringify(mail)).toContain('acme-corp.test');
    expect(JSON.stringify(await mails())).not.toContain('beta-industries.test');

    await waitFor(() => push.messages.length > 0, { timeoutMs: 15_000, what: 'the push message' });
    expect(push.messages).toEqual([
      expect.objectContaining({
        v: 1,
        kind: 'alert',
        title: expect.stringContaining(ATTACKER),
        severity: 'high',
      }),
    ]);
    expect(foreignPush.messages).toEqual([]);

    expect(await foreign.page.getByText(ATTACKER).count()).toBe(0);
    expect(
      (await alertsOf('analyst@acme-corp.test')).items.filter((a) => a.group['source.ip'] === ATTACKER),
    ).toHaveLength(1);
    expect((await alertsOf('analyst@beta-industries.test')).total).toBe(0);
    expect([...own.violations, ...foreign.violations]).toEqual([]);
  });

  it('takes the alert through its life, with evidence and history', async () => {
    const { page, violations } = await openPage(browser);
    await signIn(page, 'analyst@acme-corp.test');
    const [alert] = (await alertsOf('analyst@acme-corp.test')).items.filter(
      (a) => a.group['source.ip'] === ATTACKER,
    );
    await page.goto(`${product.url}/alerts/${alert?.id ?? ''}`);
    await page
      .getByText(/Failed password for/)
      .first()
      .waitFor();
    await page
      .getByRole('button', { name: /acknowledge/i })
      .first()
      .click();
    await waitFor(async () => {
      const { body } = await api(await tokenOf('viewer@acme-corp.test'), `/alerts/${alert?.id ?? ''}`);
      return z.object({ status: z.string() }).parse(body).status === 'acknowledged';
    });
    const viewer = await openPage(browser);
    await signIn(viewer.page, 'viewer@acme-corp.test');
    await viewer.page.goto(`${product.url}/alerts/${alert?.id ?? ''}`);
    await viewer.page
      .getByText(/Failed password for/)
      .first()
      .waitFor();
    expect(await viewer.page.getByRole('button', { name: /resolve/i }).count()).toBe(0);
    expect([...violations, ...viewer.violations]).toEqual([]);
  });

  it('shows a push message as a notification of the browser that leads to the alert', async () => {
    const { page, context, violations } = await openPage(browser);
    await context.grantPermissions(['notifications'], { origin: product.url });
    await signIn(page, 'analyst@acme-corp.test');
    // No push service can be reached from a test: the message is put where the service would put it.
    const debug = await context.newCDPSession(page);
    const registrations: { registrationId: string }[] = [];
    debug.on('ServiceWorker.workerRegistrationUpdated', (event) =>
      registrations.push(...event.registrations),
    );
    await page.evaluate('navigator.serviceWorker.ready');
    await debug.send('ServiceWorker.enable');
    const { registrationId } = await waitFor(() => registrations[0], { what: 'the service worker' });
    await debug.send('ServiceWorker.deliverPushMessage', {
      origin: product.url,
      registrationId,
      data: JSON.stringify(push.messages[0]),
    });
    const shown = await waitFor(async () => {
      const list = z
        .array(z.object({ title: z.string(), url: z.string() }))
        .parse(
          await page.evaluate(
            'navigator.serviceWorker.ready.then((r) => r.getNotifications()).then((all) => all.map((n) => ({ title: n.title, url: n.data.url })))',
          ),
        );
      return list[0];
    });
    const [alert] = (await alertsOf('analyst@acme-corp.test')).items.filter(
      (a) => a.group['source.ip'] === ATTACKER,
    );
    expect(shown).toEqual({ title: expect.stringContaining(ATTACKER), url: `/alerts/${alert?.id ?? ''}` });
    expect(violations).toEqual([]);
  });

  it('gives up a push endpoint that is gone', async () => {
    push.status = 410;
    await playScenario('port-scan');
    await waitFor(
      async () => {
        const { body } = await api(
          await tokenOf('analyst@acme-corp.test'),
          '/notifications/push/subscriptions',
        );
        return z.object({ items: z.array(z.unknown()) }).parse(body).items.length === 0;
      },
      { timeoutMs: 15_000, what: 'the subscription to go' },
    );
  });

  it('R38 shows hostile lines as text: no dialog, no policy violation', async () => {
    const hostile = [
      '<script>alert(1)</script>',
      '<img src=x onerror=alert(1)>',
      '"><svg onload=alert(1)>',
      '{{constructor.constructor("alert(1)")()}}',
      'javascript:alert(1)',
      '\u202egpj.exe \u0007\u001b[31mred',
    ];
    const now = new Date().toISOString();
    await sendLines(
      '127.0.1.66',
      Array.from(
        { length: 50 },
        (_, n) =>
          `<38>1 ${now} web-9 sshd ${n} - - Failed password for invalid user ${hostile[n % hostile.length]}${n} from 192.0.2.66 port ${40000 + n} ssh2`,
      ),
    );
    const { page, violations } = await openPage(browser);
    await signIn(page, 'analyst@acme-corp.test');
    await page.getByText('Brute force from 192.0.2.66').first().waitFor({ timeout: 15_000 });
    const [alert] = (await alertsOf('analyst@acme-corp.test')).items.filter(
      (a) => a.group['source.ip'] === '192.0.2.66',
    );
    for (const path of ['/', '/events?sourceIp=192.0.2.66', '/alerts', `/alerts/${alert?.id ?? ''}`]) {
      await page.goto(`${product.url}${path}`);
      await page.waitForLoadState('networkidle');
      await page.waitForTimeout(500);
    }
    expect(await page.getByText('<script>alert(1)</script>').count()).toBeGreaterThan(0);
    expect(violations).toEqual([]);
  });

  it.each(['/sign-in', '/', '/alerts', '/events', '/sources', '/detectors', '/notifications'])(
    '%s has no serious finding of axe, dark and light',
    async (path) => {
      const { page, violations } = await openPage(browser);
      if (path !== '/sign-in') await signIn(page, 'admin@acme-corp.test');
      await page.goto(`${product.url}${path}`);
      await page.waitForLoadState('networkidle');
      for (const theme of ['dark', 'light'] as const) {
        await showIn(page, theme);
        expect(await seriousFindings(page)).toEqual([]);
      }
      expect(violations).toEqual([]);
    },
  );

  it('lets the operator see quarantined senders and no tenant’s pages', async () => {
    await sendLines('127.0.99.1', ['<38>1 - stray app - - - who am I']);
    const { page, violations } = await openPage(browser);
    await signIn(page, 'sre@parapet.test', '/sre/quarantine');
    await waitFor(
      async () => {
        await page.reload();
        await page.getByText('127.0.99.1').first().waitFor({ timeout: 1500 });
        return true;
      },
      { timeoutMs: 20_000, what: 'the stray sender' },
    );
    expect((await api(await tokenOf('sre@parapet.test'), '/alerts')).status).toBe(403);
    expect(violations).toEqual([]);
  });
});
