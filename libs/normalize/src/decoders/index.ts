import type { SyslogHeader } from '../syslog-header.js';
import type { Decoder } from './decoder.js';
import { generic } from './generic.js';
import { netfilter } from './netfilter.js';
import { pam } from './pam.js';
import { sshd } from './sshd.js';
import { su } from './su.js';
import { sudo } from './sudo.js';

/** Every decoder, one row each; docs/extend/decoders.md says how to add one. `generic` takes what is left and stays last. */
export const DECODERS: readonly Decoder[] = [sshd, sudo, su, netfilter, pam, generic];

const BY_NAME = new Map(DECODERS.map((decoder) => [decoder.name, decoder]));
const BY_PROGRAM = new Map(
  DECODERS.flatMap((decoder) => decoder.programs.map((program) => [program, decoder] as const)),
);

/** The decoder of that name, if there is one. `auto` is none: it lets each line tell. */
export function decoderNamed(name: string): Decoder | undefined {
  return BY_NAME.get(name);
}

/** Longest text that is searched for what it could be; the programs that are recognised so write no longer lines. */
const LONGEST_GUESS = 4096;

/** The decoder of the program that the header names; for lines without one, the first that recognises the text. */
export function decoderFor(header: SyslogHeader, message: string): Decoder {
  const program = header.program;
  if (program === undefined) {
    if (message.length > LONGEST_GUESS) return generic;
    return DECODERS.find((decoder) => decoder.recognise?.(header, message)) ?? generic;
  }
  const known = BY_PROGRAM.get(program);
  if (known) return known;
  // "sshd(pam_unix)[12]:", as Linux-PAM of old wrote it.
  const paren = program.indexOf('(');
  const base = paren > 0 ? BY_PROGRAM.get(program.slice(0, paren)) : undefined;
  return base ?? (pam.recognise?.(header, message) ? pam : generic);
}
