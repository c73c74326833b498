import type { DecodeContext, Decoder, EventFields } from '../decoder.js';
import { setSource } from '../decoder.js';
import { asctimeInstant, clfInstant, isoInstant, setTime } from '../event-time.js';
import type { MessageForm } from '../message-form.js';
import { hasForm, mean, readForms } from '../message-form.js';
import { clientOfChain } from '../web/client.js';
import { setDataset } from '../web/http-fields.js';
import { APPLICATION_EVENT } from './meanings.js';

/** Messages of these programs are short; a longer one is somebody's padding. */
const LONGEST_LINE = 4096;
/** "name  | line", as docker compose prints it. */
const COMPOSE = /^[a-z0-9][\w.-]{0,63} {1,32}\| /;

/** What is particular to one application's log. */
export interface AppLog {
  name: string;
  types?: readonly string[];
  programs?: readonly string[];
  /** `event.dataset` is "<module>.<dataset>"; module is the name, dataset "log" where nothing is said. */
  module?: string;
  dataset?: string;
  /**
   * What stands before the message, anchored at the line's beginning; groups `time` and `pid` are taken. Behind a syslog header it may
   * be absent.
   */
  head?: RegExp;
  /** True: no other program writes such a head, so that any message behind it is this one's. */
  own?: boolean;
  /** A free test of a line's beginning, before `head` is tried on a stranger's line. Without it only the program's name or the type leads here. */
  opens?: (line: string) => boolean;
  /** True: also asked about text below a tag that nobody knows. */
  anyProgram?: boolean;
  forms: readonly MessageForm[];
  /** Finds a list of proxies ("client, proxy") in group `chain`, for messages whose form took no address. */
  chain?: RegExp;
  /** Adds what a form's placeholders have no name for. */
  details?(message: string, fields: EventFields): void;
  /** What no form can say; true if it knew the message. */
  more?(message: string, fields: EventFields, context: DecodeContext): boolean;
}

function instant(text: string, context: DecodeContext): number | undefined {
  const joined = text.replace(/ (?=[+-]\d\d:?\d\d$)/, '');
  return isoInstant(joined, context) ?? clfInstant(text, context) ?? asctimeInstant(text, context);
}

/** A decoder of an application that writes lines of its own: a head (time, level, logger) and a message with one of some forms. */
export function appLog(definition: AppLog): Decoder {
  const { name, head, forms, opens, chain, more } = definition;
  const withoutCompose = (line: string) => {
    const bar = line.indexOf('| ');
    return bar > 0 && bar < 96 ? line.replace(COMPOSE, '') : line;
  };
  const recognise = (_header: unknown, whole: string): boolean => {
    if (whole.length > LONGEST_LINE) return false;
    const line = withoutCompose(whole);
    if (!opens?.(line)) return false;
    const start = head?.exec(line);
    if (head && !start) return false;
    return definition.own === true || hasForm(forms, line.slice(start?.[0].length ?? 0).trimEnd());
  };
  return {
    name,
    types: definition.types,
    programs: definition.programs ?? [],
    ...(opens && { recognise, wholeLines: true, anyProgram: definition.anyProgram === true }),
    decode(whole, _header, fields, context) {
      setDataset(fields, definition.module ?? name, definition.dataset ?? 'log');
      if (whole.length > LONGEST_LINE) return false;
      const line = withoutCompose(whole);
      const start = head?.exec(line);
      const time = start?.groups?.time;
      if (time !== undefined) setTime(fields, instant(time, context));
      const pid = start?.groups?.pid;
      if (pid !== undefined) fields['process.pid'] = Number(pid);
      const message = line.slice(start?.[0].length ?? 0).trimEnd();
      if (readForms(forms, message, fields)) {
        const list = chain?.exec(message)?.groups?.chain;
        const client = list === undefined ? undefined : clientOfChain(list);
        if (client !== undefined) setSource(fields, client);
        definition.details?.(message, fields);
        return true;
      }
      if (more?.(message, fields, context)) return true;
      if (!start || definition.own !== true) return false;
      mean(fields, APPLICATION_EVENT);
      return true;
    },
  };
}

/** First characters of lines, for `opens`. */
export const opensWithBracket = (line: string): boolean => line.charCodeAt(0) === 91;
/** "2026-…" or "2026/…". */
export const opensWithYear = (line: string): boolean => {
  const separator = line.charCodeAt(4);
  return line.charCodeAt(0) === 50 && (separator === 45 || separator === 47);
};
