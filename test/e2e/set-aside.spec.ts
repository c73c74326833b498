import type { Browser, Page } from 'playwright-core';
import { z } from 'zod';
import { waitFor } from '@parapet/testing';
import {
  api,
  launchBrowser,
  openPage,
  product,
  sendLines,
  seriousFindings,
  showIn,
  signIn,
  tokenOf,
} from './support.js';

const itemsSchema = z.object({ items: z.array(z.unknown()) });
const count = async (token: string, path: string) =>
  itemsSchema.parse((await api(token, path)).body).items.length;

/** Nothing to be pulled sideways: the phone's width holds the page. */
const overflow = (page: Page) =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

async function looksRight(page: Page): Promise<void> {
  for (const theme of ['dark', 'light'] as const) {
    await showIn(page, theme);
    expect(await seriousFindings(page)).toEqual([]);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await overflow(page)).toBe(0);
  await page.setViewportSize({ width: 1440, height: 900 });
}

describe('what was set aside', () => {
  let browser: Browser;
  let acme: string;
  let beta: string;
  beforeAll(async () => {
    browser = await launchBrowser();
    acme = await tokenOf('viewer@acme-corp.test');
    beta = await tokenOf('viewer@beta-industries.test');
  });
  afterAll(() => browser?.close());

  it('a stranger’s lines reach the customer that the operator gives it to', async () => {
    const stranger = `127.0.98.${1 + (Date.now() % 250)}`;
    const marker = `stray${Date.now()}`;
    await sendLines(stranger, [
      `<38>sshd[7]: Accepted password for ${marker} from 192.0.2.9 port 40022 ssh2`,
    ]);
    const { page, violations } = await openPage(browser);
    await signIn(page, 'sre@parapet.test', '/sre/quarantine');
    const assign = page.getByRole('button', { name: `Assign ${stranger} to a customer` });
    await waitFor(
      async () => {
        await page.getByRole('button', { name: 'Load again' }).click();
        await assign.waitFor({ timeout: 1500 });
        return true;
      },
      { timeoutMs: 20_000, what: 'the stranger' },
    );
    await assign.click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Assign', exact: true }).click();
    await dialog.getByText('Needed').first().waitFor();
    expect(await dialog.getByText('Needed').count()).toBe(3);
    await looksRight(page);

    await dialog.getByLabel('Customer').first().fill('acme');
    await page.getByRole('option', { name: /acme-corp/ }).click();
    expect(await dialog.getByLabel('Address or prefix').inputValue()).toBe(`${stranger}/32`);
    await dialog.getByLabel('Name of the source').fill('Found in quarantine');
    await dialog.getByLabel('Reason').fill('ticket 4711');
    // A prefix that the demo gave to somebody: said at the field, and nothing is lost.
    await dialog.getByLabel('Address or prefix').fill('127.0.1.0/24');
    await dialog.getByText(`does not hold ${stranger}`).waitFor();
    await dialog.getByRole('button', { name: 'Assign', exact: true }).click();
    await dialog.getByText(/exactly this prefix/).waitFor();
    await dialog.getByLabel('Address or prefix').fill(`${stranger}/32`);
    await dialog.getByRole('button', { name: 'Assign', exact: true }).click();

    await page.getByText('1 sample line is being replayed').waitFor();
    await waitFor(async () => (await count(acme, `/events?userName=${marker}`)) === 1, {
      timeoutMs: 30_000,
      what: 'the line among the customer’s events',
    });
    expect(await count(beta, `/events?userName=${marker}`)).toBe(0);
    // It leaves the list by itself.
    await page.getByText(stranger, { exact: true }).waitFor({ state: 'detached', timeout: 40_000 });
    expect(violations).toEqual([]);
  });

  it('a dead letter says why, and is replayed by an admin only', async () => {
    const marker = `old${Date.now()}`;
    await sendLines('127.0.1.77', [
      `<38>1 2001-02-03T04:05:06Z web-1 app - - - ${marker} one`,
      `<38>1 2001-02-03T04:05:06Z web-1 app - - - ${marker} two`,
    ]);
    await waitFor(async () => (await count(acme, '/dead-letters')) >= 2, {
      timeoutMs: 20_000,
      what: 'the dead letters',
    });

    const viewer = await openPage(browser);
    await signIn(viewer.page, 'viewer@acme-corp.test');
    await viewer.page.goto(`${product.url}/dead-letters`);
    await viewer.page.getByText(`${marker} one`).first().waitFor();
    expect(await viewer.page.getByRole('button', { name: /^Replay (all|selected)/ }).count()).toBe(0);
    expect(await viewer.page.getByRole('checkbox').count()).toBe(0);

    const { page, violations } = await openPage(browser);
    await signIn(page, 'admin@acme-corp.test');
    await page.goto(`${product.url}/dead-letters?reason=older_than_retention`);
    const row = page.getByRole('row').filter({ hasText: `${marker} one` });
    await row.getByRole('button', { name: 'Older than the retention' }).click();
    await page.getByText('event.original').first().waitFor();
    await looksRight(page);

    const before = await count(acme, '/dead-letters?state=replayed');
    await row.getByRole('checkbox').check();
    await page.getByRole('button', { name: 'Replay selected (1)' }).click();
    await page
      .getByRole('dialog')
      .getByText(/keep your events for longer/)
      .waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Replay', exact: true }).click();
    await page.getByText('1 event sent on its way again').waitFor();
    // Nothing was mended: it comes back, and the page shows so without a reload.
    await waitFor(async () => (await count(acme, '/dead-letters?state=replayed')) > before, {
      what: 'the letter to be answered',
    });
    await page.getByText(`${marker} one`).first().waitFor({ timeout: 15_000 });

    await page.getByRole('button', { name: 'Replay all with this reason' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Replayed', exact: true }).click();
    await page.waitForURL(/state=replayed/);
    await page
      .getByText(/Replayed .* ago/)
      .first()
      .waitFor();
    expect([...violations, ...viewer.violations]).toEqual([]);
  });

  it('where there is none it says what that means', async () => {
    const { page } = await openPage(browser);
    await signIn(page, 'viewer@beta-industries.test');
    await page.goto(`${product.url}/dead-letters`);
    await page.getByText('Every event that was taken in could be stored').waitFor();
    await looksRight(page);
  });
});
