// The development mail server: takes every message by SMTP, keeps the last 500 in memory, shows them on a web page.
// For development only: it listens on the loopback address, has no accounts, and delivers nothing.
import { createServer } from 'node:http';
import { SMTPServer } from 'smtp-server';
import PostalMime from 'postal-mime';
import { htmlBody, listPage, messagePage, PAGE_POLICY } from './lib/mail-pages.mjs';

const KEPT = 500;
const MAX_BYTES = 10 * 1024 * 1024;
const HOST = process.env.MAIL_HOST || '127.0.0.1';
const SMTP_PORT = Number(process.env.MAIL_SMTP_PORT || 1025);
const HTTP_PORT = Number(process.env.MAIL_HTTP_PORT || 1080);

const messages = []; // oldest first
let lastId = 0;

async function take(raw, envelope) {
  const mail = await PostalMime.parse(raw);
  lastId += 1;
  messages.push({
    id: String(lastId),
    receivedAt: new Date().toISOString(),
    from: mail.from?.address ?? envelope.mailFrom?.address ?? '',
    to: envelope.rcptTo.map((recipient) => recipient.address),
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html ?? '',
    headers: mail.headers.map(({ key, value }) => ({ key, value })),
  });
  if (messages.length > KEPT) messages.shift();
}

function read(stream) {
  return new Promise((resolve, reject) => {
    const chunks = [];
    let size = 0;
    stream.on('data', (chunk) => {
      size += chunk.length;
      if (size <= MAX_BYTES) chunks.push(chunk);
    });
    stream.on('error', reject);
    stream.on('end', () => resolve(Buffer.concat(chunks)));
  });
}

const smtp = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  size: MAX_BYTES,
  logger: false,
  onData(stream, session, callback) {
    read(stream)
      .then((raw) => {
        if (stream.sizeExceeded)
          throw Object.assign(new Error('Message is too large'), { responseCode: 552 });
        return take(raw, session.envelope);
      })
      .then(
        () => callback(null, 'caught'),
        (error) => callback(error),
      );
  },
});
smtp.on('error', (error) => process.stderr.write(`smtp: ${error.message}\n`));

const send = (response, status, type, body, headers = {}) => {
  response.writeHead(status, {
    'Content-Type': type,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
    ...headers,
  });
  response.end(body);
};
const sendJson = (response, status, value) =>
  send(response, status, 'application/json', JSON.stringify(value));
const sendPage = (response, status, body, policy = PAGE_POLICY) =>
  send(response, status, 'text/html; charset=utf-8', body, { 'Content-Security-Policy': policy });

const summary = ({ id, receivedAt, from, to, subject }) => ({ id, receivedAt, from, to, subject });

/** [method, path, handler]; the handler gets the message that the path names. */
const routes = [
  ['GET', /^\/$/, (response) => sendPage(response, 200, listPage(messages.toReversed()))],
  ['GET', /^\/messages\/(\d+)$/, (response, mail) => sendPage(response, 200, messagePage(mail))],
  ['GET', /^\/messages\/(\d+)\/html$/, (response, mail) => sendPage(response, 200, ...htmlBody(mail))],
  [
    'GET',
    /^\/api\/messages$/,
    (response) => sendJson(response, 200, { items: messages.toReversed().map(summary) }),
  ],
  ['GET', /^\/api\/messages\/(\d+)$/, (response, mail) => sendJson(response, 200, mail)],
  [
    'DELETE',
    /^\/api\/messages$/,
    (response) => {
      messages.length = 0;
      response.writeHead(204).end();
    },
  ],
  ['GET', /^\/(health|ready)$/, (response) => sendJson(response, 200, { status: 'ok' })],
];

// A page of another site must neither read the mail through DNS rebinding nor delete it.
const OWN_HOSTS = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;
const mayAsk = (request) =>
  (HOST !== '127.0.0.1' || OWN_HOSTS.test(request.headers.host ?? '')) &&
  !(request.method !== 'GET' && ['cross-site', 'same-site'].includes(request.headers['sec-fetch-site']));

const web = createServer((request, response) => {
  if (!mayAsk(request)) return sendJson(response, 403, { error: 'forbidden' });
  const path = (request.url ?? '/').split('?')[0];
  const known = routes.filter(([, pattern]) => pattern.test(path));
  const route = known.find(([method]) => method === request.method);
  if (!route)
    return sendJson(response, known.length > 0 ? 405 : 404, {
      error: known.length > 0 ? 'method not allowed' : 'not found',
    });
  const [, pattern, handle] = route;
  const id = pattern.exec(path)[1];
  const mail = /^\d+$/.test(id ?? '') ? messages.find((message) => message.id === id) : undefined;
  if (/^\d+$/.test(id ?? '') && !mail) return sendJson(response, 404, { error: 'no such message' });
  return handle(response, mail);
});

const failed = (what, port) => (error) => {
  process.stderr.write(`${what} can't listen on ${HOST}:${port}: ${error.code}\n`);
  process.exit(1);
};
// The web page opens last: when it answers /ready, SMTP is open too.
smtp.server.once('error', failed('SMTP', SMTP_PORT));
smtp.listen(SMTP_PORT, HOST, () => {
  web.once('error', failed('The web page', HTTP_PORT));
  web.listen(HTTP_PORT, HOST, () =>
    process.stdout.write(
      `{"level":30,"msg":"mail catcher listens on ${HOST}: SMTP ${SMTP_PORT}, HTTP ${HTTP_PORT}"}\n`,
    ),
  );
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    web.close();
    web.closeAllConnections();
    smtp.close(() => process.exit(0));
    setTimeout(() => process.exit(0), 2000).unref();
  });
}
