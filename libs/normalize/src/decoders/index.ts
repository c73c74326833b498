import type { SyslogHeader } from '../syslog-header.js';
import { AUTH_DECODERS } from './auth/index.js';
import { pam } from './auth/pam.js';
import { CLOUD_DECODERS } from './cloud/index.js';
import { DAEMON_DECODERS } from './daemon/index.js';
import type { Decoder } from './decoder.js';
import { generic } from './generic.js';
import { isJsonDecoder } from './json/index.js';
import type { JsonDecoder, JsonRecord } from './json/index.js';
import { NETWORK_DECODERS } from './network/index.js';
import { isJunos, junos } from './network/junos.js';
import { kv } from './network/kv.js';
import { WEB_DECODERS } from './web/index.js';
import { WEBAPP_DECODERS } from './webapp/index.js';

/**
 * Every decoder, in the lists of their families; docs/extend/decoders.md says how to add one. Where two recognise a text, the
 * earlier has it; `generic` takes what is left and stays last.
 */
export const DECODERS: readonly Decoder[] = [
  ...AUTH_DECODERS,
  ...NETWORK_DECODERS,
  ...WEB_DECODERS,
  ...WEBAPP_DECODERS,
  ...DAEMON_DECODERS,
  ...CLOUD_DECODERS,
  kv,
  generic,
];

const BY_NAME = new Map(
  DECODERS.flatMap((decoder) =>
    [decoder.name, ...(decoder.types ?? [])].map((name) => [name, decoder] as const),
  ),
);
const BY_PROGRAM = new Map<string, readonly Decoder[]>();
for (const decoder of DECODERS) {
  for (const program of decoder.programs)
    BY_PROGRAM.set(program, [...(BY_PROGRAM.get(program) ?? []), decoder]);
}

/** The decoder of a program; where several share a name, the one that knows this text, else one that takes them all. */
function ofProgram(program: string, header: SyslogHeader): Decoder | undefined {
  const decoders = BY_PROGRAM.get(program);
  if (decoders === undefined || decoders.length === 1) return decoders?.[0];
  return (
    decoders.find((decoder) => decoder.recognise?.(header, header.message)) ??
    decoders.find((decoder) => decoder.recognise === undefined) ??
    decoders[0]
  );
}

const BY_PROGRAM_PATTERN = DECODERS.flatMap((decoder) =>
  decoder.programPattern ? [{ decoder, pattern: decoder.programPattern }] : [],
);
const JSON_DECODERS = DECODERS.filter(isJsonDecoder);
const RECOGNISERS = DECODERS.filter((decoder) => decoder.recognise !== undefined);
const ANY_PROGRAM_RECOGNISERS = RECOGNISERS.filter((decoder) => decoder.anyProgram === true);
const WHOLE_LINE_RECOGNISERS = RECOGNISERS.filter((decoder) => decoder.wholeLines === true);

/** The names that a source's type may have. */
export const DECODER_NAMES: readonly string[] = [...BY_NAME.keys()];

/** The decoder of that name, if there is one. `auto` is none: it lets each line tell. */
export function decoderNamed(name: string): Decoder | undefined {
  return BY_NAME.get(name);
}

/** Longest text that is searched for what it could be; the programs that are recognised so write no longer lines. */
const LONGEST_GUESS = 16_384;

/** The decoder of the program that the header names, if it is known. */
export function decoderOfProgram(header: SyslogHeader): Decoder | undefined {
  const program = header.program;
  if (program === undefined) return undefined;
  // Junos's daemons have the names of others' (sshd), and words of their own.
  if (header.msgid !== undefined && isJunos(header, '')) return junos;
  if (program === 'sshd' && header.message.startsWith('SSHD_')) return junos;
  const known = ofProgram(program, header);
  if (known) return known;
  // "sshd(pam_unix)[12]:", as Linux-PAM of old wrote it.
  const paren = program.indexOf('(');
  const before = paren > 0 ? ofProgram(program.slice(0, paren), header) : undefined;
  return before ?? BY_PROGRAM_PATTERN.find(({ pattern }) => pattern.test(program))?.decoder;
}

/**
 * The first decoder that recognises a text without a known program. Where the header does name a program, its text is that
 * program's, and may quote what another one writes: then only formats that devices send under names of their own are asked.
 */
export function decoderOfText(header: SyslogHeader, message: string): Decoder | undefined {
  if (message.length > LONGEST_GUESS) return undefined;
  if (pam.recognise?.(header, message)) return pam;
  const candidates = header.program === undefined ? RECOGNISERS : ANY_PROGRAM_RECOGNISERS;
  return candidates.find((decoder) => decoder.recognise?.(header, message));
}

/** The first decoder whose files have lines like this one, whatever its beginning was taken for. */
export function decoderOfLine(header: SyslogHeader, line: string): Decoder | undefined {
  if (line.length > LONGEST_GUESS) return undefined;
  return WHOLE_LINE_RECOGNISERS.find((decoder) => decoder.recognise?.(header, line));
}

/** The first decoder that recognises a JSON record; the general one takes any. */
export function decoderOfRecord(record: JsonRecord): JsonDecoder | undefined {
  return JSON_DECODERS.find((decoder) => decoder.recogniseRecord(record));
}
