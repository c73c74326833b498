import { isAscii, isUtf8 } from 'node:buffer';

export interface FrameText {
  text: string;
  /** Set when the bytes are no UTF-8 and were read one to one, so that none is lost. */
  encoding?: 'iso-8859-1';
  /** NUL stands as U+2400 (SYMBOL FOR NULL): PostgreSQL can't hold it. */
  nulReplaced: boolean;
}

/** The frame as text. */
export function frameText(frame: Buffer): FrameText {
  const result: FrameText = { text: '', nulReplaced: false };
  if (isAscii(frame)) result.text = frame.toString('latin1');
  else if (isUtf8(frame)) result.text = frame.toString('utf8');
  else {
    result.text = frame.toString('latin1');
    result.encoding = 'iso-8859-1';
  }
  if (result.text.includes('\0')) {
    result.text = result.text.replaceAll('\0', '\u2400');
    result.nulReplaced = true;
  }
  return result;
}
