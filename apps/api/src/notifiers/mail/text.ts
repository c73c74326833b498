import type { AlertMail } from './alert-mail.js';

/** The mail as plain text. */
export function textOf(mail: AlertMail): string {
  const width = Math.max(...mail.facts.map(({ label }) => label.length), 'Tenant'.length) + 2;
  const row = (label: string, value: string) => `${label.padEnd(width)}${value}`;
  return [
    `${mail.severityLabel.toUpperCase()}: ${mail.title}`,
    '',
    mail.description,
    '',
    row('Tenant', mail.tenant),
    ...mail.facts.map(({ label, value }) => row(label, value)),
    '',
    ...(mail.evidence.length === 0 ? [] : ['Evidence:', ...mail.evidence.map((line) => `  ${line}`)]),
    ...(mail.more > 0 && mail.evidence.length > 0 ? [`  … and ${mail.more} more`] : []),
    '',
    `Open the alert: ${mail.url}`,
    '',
    '-- ',
    'Sent by Parapet because this address is a recipient of a notification channel.',
    '',
  ].join('\n');
}
