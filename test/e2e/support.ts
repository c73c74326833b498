import { spawn } from 'node:child_process';
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { z } from 'zod';
import { waitFor } from '@parapet/testing';

const AXE = readFileSync('node_modules/axe-core/axe.min.js', 'utf8');
const AT_REST =
  'document.getAnimations().every((a) => a.playState !== "running" || a.effect?.getComputedTiming().endTime === Infinity)';
export const PASSWORD = 'Parapet-Demo-2026!';

/** What test/servers/product-setup.mjs has put up. */
export const product = {
  url: process.env.E2E_BASE_URL ?? '',
  mail: process.env.E2E_MAIL_URL ?? '',
  syslogTcp: Number(process.env.E2E_SYSLOG_TCP_PORT),
  syslogUdp: Number(process.env.E2E_SYSLOG_UDP_PORT),
};

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM_PATH,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A page of its own browser session. What a page must never do is collected in `violations`. */
export async function openPage(
  browser: Browser,
): Promise<{ page: Page; context: BrowserContext; violations: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const violations: string[] = [];
  page.on('dialog', (dialog) => {
    violations.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy/i.test(message.text()))
      violations.push(message.text());
  });
  page.on('pageerror', (error) => violations.push(`page error: ${error.message}`));
  return { page, context, violations };
}

/** The serious findings of axe on the page as it stands. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // Through the debugger's own evaluation: the page's policy allows no foreign script.
  await page.evaluate(AXE);
  const result: unknown = await page.evaluate('axe.run(document, { resultTypes: ["violations"] })');
  const { violations } = z
    .object({
      violations: z.array(
        z.object({
          id: z.string(),
          impact: z.string().nullable(),
          nodes: z.array(z.object({ html: z.string() })),
        }),
      ),
    })
    .parse(result);
  return violations
    .filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(' | ')}`);
}

/** Shows the open page in a theme: by its own switch, under a dialog too; where there is none, as who likes it finds it. */
export async function showIn(page: Page, theme: 'dark' | 'light'): Promise<void> {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const shown = page.locator(`.v-application.v-theme--${theme}`);
  if ((await shown.count()) > 0) return;
  const label = theme === 'dark' ? 'Dark theme' : 'Light theme';
  const switched = await page.evaluate(
    `(() => { const found = document.querySelector('[aria-label="${label}"]'); found?.click(); return found !== null; })()`,
  );
  if (switched !== true) {
    await page.evaluate(`localStorage.setItem('parapet.preferences', '{"theme":"${theme}"}')`);
    await page.reload();
    await page.waitForLoadState('networkidle');
  }
  await shown.waitFor();
  // Colours on their way from one theme to the other would be measured as they are.
  await waitFor(() => page.evaluate(AT_REST), { what: 'the colours to settle' });
}

/** Signs in by the form; `home` is where that user begins. */
export async function signIn(page: Page, email: string, home = '/'): Promise<void> {
  await page.goto(`${product.url}/sign-in`);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`${product.url}${home}`);
}

/** An access token for calls without a browser. */
export async function tokenOf(email: string): Promise<string> {
  const response = await fetch(`${product.url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: PASSWORD }),
  });
  const body: unknown = await response.json();
  if (typeof body !== 'object' || body === null || !('accessToken' in body))
    throw new Error(`sign-in failed: ${response.status}`);
  return String(body.accessToken);
}

export async function api(
  token: string,
  path: string,
  init: { method?: string; body?: unknown } = {},
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${product.url}/api/v1${path}`, {
    method: init.method ?? 'GET',
    headers: {
      authorization: `Bearer ${token}`,
      ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: init.body === undefined ? undefined : JSON.stringify(init.body),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text) };
}

/** `npx parapet …` without npm in between. */
export async function parapet(...args: string[]): Promise<void> {
  const child = spawn(process.execPath, [resolve('apps/cli/bin/parapet.js'), ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`parapet ${args.join(' ')} ended with ${String(code)}`);
}

export const playScenario = (name: string, ...more: string[]) =>
  parapet('scenario', 'run', name, '--speed', '1000', '--to', `127.0.0.1:${product.syslogTcp}`, ...more);

/** Sends lines as a sender at `address` would, newline framed. */
export async function sendLines(address: string, lines: readonly string[]): Promise<void> {
  const socket = connect({ host: '127.0.0.1', port: product.syslogTcp, localAddress: address });
  await once(socket, 'connect');
  socket.end(lines.map((line) => `${line}\n`).join(''));
  await once(socket, 'close');
}

/** A push service on loopback that can read what it is sent (RFC 8291, `aes128gcm`). */
export class PushService {
  readonly messages: unknown[] = [];
  status = 201;
  private readonly keys = createECDH('prime256v1');
  private readonly secret = randomBytes(16);
  private readonly server: Server;

  constructor() {
    this.keys.generateKeys();
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (this.status === 201) this.messages.push(JSON.parse(this.decrypt(Buffer.concat(chunks))));
        response.writeHead(this.status).end();
      });
    });
  }

  async start(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  /** What a browser would hand to the application. */
  subscription() {
    const { port } = this.server.address() as AddressInfo;
    return {
      endpoint: `http://127.0.0.1:${port}/push/${randomBytes(8).toString('hex')}`,
      keys: { p256dh: this.keys.getPublicKey('base64url'), auth: this.secret.toString('base64url') },
      label: 'test',
      minSeverity: 'low',
    };
  }

  /** RFC 8291 §3.4 and RFC 8188 §2.1, one record. */
  private decrypt(body: Buffer): string {
    const salt = body.subarray(0, 16);
    const idLength = body.readUInt8(20);
    const senderKey = body.subarray(21, 21 + idLength);
    const sealed = body.subarray(21 + idLength);
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), this.keys.getPublicKey(), senderKey]);
    const ikm = Buffer.from(hkdfSync('sha256', this.keys.computeSecret(senderKey), this.secret, info, 32));
    const key = Buffer.from(hkdfSync('sha256', ikm, salt, 'Content-Encoding: aes128gcm\0', 16));
    const nonce = Buffer.from(hkdfSync('sha256', ikm, salt, 'Content-Encoding: nonce\0', 12));
    const decipher = createDecipheriv('aes-128-gcm', key, nonce);
    decipher.setAuthTag(sealed.subarray(-16));
    const padded = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
    return padded.subarray(0, padded.lastIndexOf(2)).toString('utf8');
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }
}
