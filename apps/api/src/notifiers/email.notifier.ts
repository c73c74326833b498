import { createTransport, type Transporter } from 'nodemailer';
import { z } from 'zod';
import type { AlertsRepository } from '../alerts/alerts.repository.js';
import type { ApiSettings } from '../core/api-settings.js';
import { alertMail } from './mail/alert-mail.js';
import { htmlOf } from './mail/html.js';
import { textOf } from './mail/text.js';
import type { DeliveryResult, Notification, Notifier } from './notification.js';
import type { NotificationsRepository } from './notifications.repository.js';

/** The mail server refuses the recipient or the message for good (RFC 5321 §4.2.1: 5yz). */
const refusalSchema = z.object({
  code: z.enum(['EENVELOPE', 'EMESSAGE']),
  responseCode: z.number().min(500).max(599),
  message: z.string(),
});

/** Tells one address by e-mail. */
export class EmailNotifier implements Notifier {
  readonly channel = 'email';
  readonly maxInFlight = 40;
  readonly serial = true;
  private readonly transport: Transporter;

  constructor(
    private readonly settings: Pick<ApiSettings, 'SMTP_URL' | 'MAIL_FROM' | 'PUBLIC_URL'>,
    private readonly alerts: Pick<AlertsRepository, 'detail'>,
    private readonly repository: NotificationsRepository,
  ) {
    this.transport = createTransport({
      url: settings.SMTP_URL,
      pool: true,
      maxConnections: 1,
      // A message whose connection broke may have arrived; the queue decides whether it goes out again.
      maxRequeues: 0,
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      socketTimeout: 20_000,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  async deliver({ id, tenantId, alertId, recipient }: Notification): Promise<DeliveryResult> {
    const [alert, tenant] = await Promise.all([
      this.alerts.detail(tenantId, alertId),
      this.repository.tenantName(tenantId),
    ]);
    if (!alert) return { outcome: 'failed', problem: 'the alert is gone' };
    const mail = alertMail(alert, tenant, this.settings.PUBLIC_URL);
    try {
      await this.transport.sendMail({
        from: this.settings.MAIL_FROM,
        to: { name: '', address: recipient },
        subject: mail.subject,
        text: textOf(mail),
        html: htmlOf(mail),
        messageId: `<${id}@${new URL(this.settings.PUBLIC_URL).hostname.replace(/[[\]]/g, '')}>`,
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
      });
    } catch (error) {
      const refusal = refusalSchema.safeParse(error);
      if (refusal.success) return { outcome: 'failed', problem: refusal.data.message };
      throw error;
    }
    return { outcome: 'sent' };
  }

  async close(): Promise<void> {
    this.transport.close();
  }
}
