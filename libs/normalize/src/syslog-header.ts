/** What the header of a syslog message says. Absent means not said (NILVALUE included). */
export interface SyslogHeader {
  /** `none`: no header that is known; the whole text (after a PRI, if there is one) is the message. */
  format: 'rfc5424' | 'rfc3164' | 'none';
  /** Well-formed by RFC 5424's grammar to the letter. */
  valid5424: boolean;
  priority?: number;
  facility?: number;
  severity?: number;
  version?: number;
  /** Epoch ms. */
  timestamp?: number;
  host?: string;
  /** APP-NAME, or the tag of RFC 3164 without its process id. */
  program?: string;
  pid?: string;
  msgid?: string;
  /** SD-ID → PARAM-NAME → value, unescaped. Objects without a prototype: names are the sender's. */
  structuredData?: Record<string, Record<string, string>>;
  message: string;
  /** Why a message that claims to be RFC 5424 is not well-formed. */
  problem?: string;
}
