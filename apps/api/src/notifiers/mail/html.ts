import type { Severity } from '@parapet/contracts';
import type { AlertMail } from './alert-mail.js';

/** Dark enough to be read on white; a dark client inverts or keeps them, and both are legible. */
const COLOUR: Record<Severity, string> = {
  critical: '#b3123b',
  high: '#c2410c',
  medium: '#a16207',
  low: '#1d5fb8',
  info: '#52606d',
};
const SANS = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const MONO = "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace";

const ENTITY: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string) => text.replace(/[&<>"']/g, (c) => ENTITY[c] ?? c);

const fact = (label: string, value: string) => `
          <tr>
            <td class="muted" style="${SANS};font-size:13px;line-height:20px;color:#5b6673;padding:3px 16px 3px 0;vertical-align:top;white-space:nowrap">${escape(label)}</td>
            <td class="ink" style="${SANS};font-size:13px;line-height:20px;color:#17202b;padding:3px 0;word-break:break-word">${escape(value)}</td>
          </tr>`;

function evidenceOf(mail: AlertMail): string {
  if (mail.evidence.length === 0) return '';
  const lines = mail.evidence.map(
    (line) => `<div style="padding:3px 0;word-wrap:break-word;overflow-wrap:anywhere">${escape(line)}</div>`,
  );
  const more =
    mail.more > 0
      ? `<div class="muted" style="${SANS};font-size:12px;color:#5b6673;padding:6px 0 0">… and ${mail.more.toLocaleString('en-US')} more</div>`
      : '';
  return `
      <tr><td style="padding:4px 28px 20px">
        <div class="muted" style="${SANS};font-size:12px;font-weight:600;color:#5b6673;padding:0 0 6px">Evidence</div>
        <div class="code" style="${MONO};font-size:12px;line-height:18px;color:#17202b;background:#f4f6f8;border-radius:6px;padding:10px 14px">${lines.join('')}${more}</div>
      </td></tr>`;
}

/** The mail as HTML: one table, styles inline, nothing fetched. Every text is escaped here and nowhere else. */
export function htmlOf(mail: AlertMail): string {
  const colour = COLOUR[mail.severity];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escape(mail.title)}</title>
<style>
  @media (prefers-color-scheme: dark) {
    .page { background: #0f141a !important; }
    .card { background: #18202a !important; border-color: #2b3643 !important; }
    .ink { color: #e6ebf1 !important; }
    .muted { color: #9aa7b5 !important; }
    .code { background: #0f141a !important; color: #d5dde6 !important; }
    .rule { border-color: #2b3643 !important; }
  }
</style>
</head>
<body class="page" style="margin:0;padding:0;background:#eef1f4">
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" style="background:#eef1f4">
  <tr><td align="center" style="padding:24px 12px">
    <table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" style="max-width:640px;background:#ffffff;border:1px solid #dde3e9;border-radius:10px;text-align:left">
      <tr><td style="padding:24px 28px 0">
        <span style="${SANS};display:inline-block;font-size:12px;font-weight:700;line-height:20px;color:#ffffff;background:${colour};border-radius:4px;padding:0 8px">${mail.severityLabel}</span>
        <span class="muted" style="${SANS};font-size:13px;line-height:20px;color:#5b6673;padding-left:8px">${escape(mail.tenant)}</span>
      </td></tr>
      <tr><td style="padding:10px 28px 0">
        <h1 class="ink" style="${SANS};margin:0;font-size:20px;line-height:28px;font-weight:650;color:#17202b;word-break:break-word">${escape(mail.title)}</h1>
        <p class="ink" style="${SANS};margin:8px 0 0;font-size:14px;line-height:21px;color:#17202b;word-break:break-word">${escape(mail.description)}</p>
      </td></tr>
      <tr><td style="padding:20px 28px 22px">
        <a href="${escape(mail.url)}" style="${SANS};display:inline-block;font-size:14px;font-weight:600;line-height:20px;color:#ffffff;background:#1f5eb0;border-radius:6px;padding:9px 18px;text-decoration:none">Open the alert</a>
      </td></tr>
      <tr><td style="padding:0 28px 20px">
        <table role="presentation" class="rule" cellpadding="0" cellspacing="0" width="100%" style="border-top:1px solid #dde3e9"><tr><td style="padding-top:14px">
        <table role="presentation" cellpadding="0" cellspacing="0">${mail.facts.map(({ label, value }) => fact(label, value)).join('')}
        </table></td></tr></table>
      </td></tr>${evidenceOf(mail)}
    </table>
    <p class="muted" style="${SANS};max-width:640px;margin:14px 0 0;font-size:12px;line-height:18px;color:#5b6673">Sent by Parapet because this address is a recipient of a notification channel.</p>
  </td></tr>
</table>
</body>
</html>
`;
}
