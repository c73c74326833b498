import type { EventFields } from '../../decoder.js';

/** "C:\Windows\x.exe" → "x.exe". */
export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/')) + 1);
}

/** "0x1a2c" or "6700". */
export function processId(text: string | undefined): number | undefined {
  if (text === undefined || !/^(?:0x[0-9a-f]{1,16}|\d{1,12})$/i.test(text.trim())) return undefined;
  const number = Number(text.trim());
  return Number.isSafeInteger(number) ? number : undefined;
}

interface ProcessText {
  executable?: string;
  pid?: string;
  commandLine?: string;
  parent?: string;
  parentPid?: string;
  parentCommandLine?: string;
}

/** `process.*` and `process.parent.*` from texts as Windows writes them. */
export function setProcess(fields: EventFields, text: ProcessText): void {
  if (text.executable !== undefined && text.executable !== '-') {
    fields['process.executable'] = text.executable;
    fields['process.name'] = baseName(text.executable);
  }
  const pid = processId(text.pid);
  if (pid !== undefined && (pid > 0 || text.executable !== undefined)) fields['process.pid'] = pid;
  if (text.commandLine !== undefined) fields['process.command_line'] = text.commandLine;
  if (text.parent !== undefined && text.parent !== '-') {
    fields['process.parent.executable'] = text.parent;
    fields['process.parent.name'] = baseName(text.parent);
  }
  const parentPid = processId(text.parentPid);
  if (parentPid !== undefined) fields['process.parent.pid'] = parentPid;
  if (text.parentCommandLine !== undefined) fields['process.parent.command_line'] = text.parentCommandLine;
}
