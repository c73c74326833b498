// The mail catcher's pages. Mails quote log lines, so everything in them is hostile: text is escaped, and the HTML
// part is shown in a sandboxed frame that may load and run nothing.
const STYLE = `body{font:14px/1.5 system-ui,sans-serif;margin:0;background:#f6f7f9;color:#1c2430}main{max-width:960px;margin:0 auto;padding:24px}
h1{font-size:18px}table{width:100%;border-collapse:collapse;background:#fff}th,td{text-align:left;padding:8px 12px;border-bottom:1px solid #e3e6eb;overflow-wrap:anywhere}
pre{background:#fff;border:1px solid #e3e6eb;padding:16px;white-space:pre-wrap;overflow-wrap:anywhere}iframe{width:100%;height:520px;border:1px solid #e3e6eb;background:#fff}
@media(prefers-color-scheme:dark){body{background:#12161c;color:#dfe5ee}table,pre{background:#1a2029}th,td,pre{border-color:#2b3442}a{color:#8ab4ff}}`;

export const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
const MAIL_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-popups";

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
export const escapeHtml = (text) => String(text).replace(/[&<>"']/g, (c) => ENTITIES[c]);

const page = (title, body) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body><main>${body}</main></body></html>`;

/** All messages, newest first. */
export function listPage(messages) {
  const rows = messages.map(
    (m) =>
      `<tr><td>${escapeHtml(m.receivedAt.slice(0, 19).replace('T', ' '))}</td><td>${escapeHtml(m.to.join(', '))}</td><td><a href="/messages/${m.id}">${escapeHtml(m.subject || '(no subject)')}</a></td></tr>`,
  );
  const table = `<table><thead><tr><th>Received (UTC)</th><th>To</th><th>Subject</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
  return page(
    'Mail',
    `<h1>Mail caught here (${messages.length})</h1>${messages.length > 0 ? table : '<p>Nothing yet. What Parapet sends by e-mail appears here; reload to look again.</p>'}`,
  );
}

export function messagePage(mail) {
  const html = mail.html
    ? `<h2>HTML</h2><iframe sandbox="allow-popups" referrerpolicy="no-referrer" title="HTML part" src="/messages/${mail.id}/html"></iframe>`
    : '';
  return page(
    mail.subject,
    `<p><a href="/">All messages</a></p><h1>${escapeHtml(mail.subject || '(no subject)')}</h1>
<p>From ${escapeHtml(mail.from)} to ${escapeHtml(mail.to.join(', '))}, ${escapeHtml(mail.receivedAt)}</p><h2>Text</h2><pre>${escapeHtml(mail.text)}</pre>${html}`,
  );
}

/** The HTML part as it came, and the policy it must be served with. */
export const htmlBody = (mail) => [mail.html || '<p>No HTML part.</p>', MAIL_POLICY];
