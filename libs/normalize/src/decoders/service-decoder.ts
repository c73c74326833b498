import type { SyslogHeader } from '../syslog-header.js';
import { decodePam, isPam } from './auth/pam.js';
import type { DecodeContext, Decoder, EventFields } from './decoder.js';
import { setTime } from './event-time.js';
import { hasForm, readForms } from './message-form.js';
import type { MessageForm } from './message-form.js';

/** How lines of a program's own file begin. */
export interface FileHead {
  /** Anchored at the first character; group 1 is the time's text. */
  pattern: RegExp;
  time(text: string, context: DecodeContext): number | undefined;
}

/** What is particular to one service: its names and its messages. */
export interface Service {
  name: string;
  types?: readonly string[];
  programs: readonly string[];
  programPattern?: RegExp;
  /** `event.module`; the name when absent. */
  module?: string;
  dataset?: string;
  forms: readonly MessageForm[];
  /** What may stand before a message and says nothing: a severity, a repeated time, a process id. Anchored. */
  lead?: RegExp;
  /** How its own files begin their lines. Then whole lines are recognised if a form fits behind it. */
  file?: FileHead;
  /** Lines without any header are recognised too, where a form fits: only for forms that nobody else writes. */
  bare?: boolean;
  /** More than the forms say; called when one has matched. */
  after?(message: string, fields: EventFields): void;
  /** Messages that no form can hold; asked first. */
  before?(message: string, fields: EventFields, header: SyslogHeader): boolean;
}

/** No line of a service's own file is longer in what is read of it. */
const LONGEST_LINE = 8192;

function withoutLead(lead: RegExp | undefined, text: string): string {
  const found = lead?.exec(text);
  return found ? text.slice(found[0].length) : text;
}

/** Fields that nobody keeps: to ask whether a message can be read. */
function scratch(): EventFields {
  return { '@timestamp': 0, 'event.original': '', message: '', 'event.severity': 'info' };
}

/** A registry row for a service whose messages are a table of forms. */
export function serviceDecoder(service: Service): Decoder {
  const { name, types, programs, programPattern, forms, lead, file, bare } = service;
  const reads = (header: SyslogHeader, text: string): boolean => {
    const message = withoutLead(lead, text.trimEnd());
    return hasForm(forms, message) || (service.before?.(message, scratch(), header) ?? false);
  };
  const recognise = (header: SyslogHeader, line: string): boolean => {
    if (line.length > LONGEST_LINE) return false;
    const head = file?.pattern.exec(line);
    if (head) return reads(header, line.slice(head[0].length));
    return bare === true && reads(header, line);
  };
  return {
    name,
    programs,
    ...(types ? { types } : {}),
    ...(programPattern ? { programPattern } : {}),
    ...(file || bare ? { recognise } : {}),
    ...(file ? { wholeLines: true } : {}),
    decode(raw, header, fields, context) {
      fields['event.module'] = service.module ?? name;
      fields['event.dataset'] = service.dataset ?? `${name}.log`;
      if (raw.length > LONGEST_LINE) return false;
      let message = raw.trimEnd();
      const head = file?.pattern.exec(message);
      if (head && file) {
        message = message.slice(head[0].length);
        if (header.timestamp === undefined) setTime(fields, file.time(head[1] ?? '', context));
      }
      message = withoutLead(lead, message);
      if (isPam(message, header.program)) return decodePam(message, header.program, fields);
      if (service.before?.(message, fields, header)) return true;
      if (!readForms(forms, message, fields)) return false;
      service.after?.(message, fields);
      return true;
    },
  };
}
