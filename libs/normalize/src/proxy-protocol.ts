import { normalizeIp } from '@parapet/contracts';

/**
 * The PROXY protocol, by which a load balancer tells who its client is: one header before everything else, in text
 * (version 1) or in binary (version 2). After "The PROXY protocol, versions 1 & 2" of HAProxy's documentation.
 */
export type ProxyHeader =
  /** The bytes begin otherwise: they are data. */
  | { kind: 'none' }
  /** So far it may be a header; more bytes will tell. */
  | { kind: 'partial' }
  /**
   * `length`: bytes of the header, which the data follows. `address`: the client, in canonical text; undefined when the
   * proxy speaks for itself (LOCAL) or can't say (UNKNOWN, a UNIX socket).
   */
  | { kind: 'header'; length: number; address: string | undefined }
  /** It begins as a header and is none: the connection must be closed (section 2). */
  | { kind: 'invalid'; reason: string };

const V1 = Buffer.from('PROXY ', 'latin1');
/** Longest line of version 1, its CR LF included (section 2.1). */
const V1_MAX_BYTES = 107;
const V1_LINE =
  /^PROXY (?:UNKNOWN(?: [\x21-\x7e ]*)?|(TCP4|TCP6) ([0-9a-fA-F.:]{2,39}) ([0-9a-fA-F.:]{2,39}) (\d{1,5}) (\d{1,5}))$/;
const V2 = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const V2_HEAD_BYTES = 16;
/** Addresses and TLVs. The text asks a receiver to take 520 (section 2.2); a client's certificate in a TLV is longer. */
const V2_MAX_BYTES = 4096;
const LOCAL = 0x20;
const PROXY = 0x21;
const AF_INET = 1;
const AF_INET6 = 2;
const AF_UNIX = 3;

/** Most bytes that must be at hand to know. Who has more and still reads `partial` holds no header. */
export const MAX_PROXY_HEADER_BYTES = V2_HEAD_BYTES + V2_MAX_BYTES;

/** Reads the header that a connection's first bytes may hold. Call it again with all of them when more have come. */
export function readProxyHeader(bytes: Buffer): ProxyHeader {
  if (bytes.length === 0) return { kind: 'partial' };
  if (beginsAs(bytes, V1)) return bytes.length < V1.length ? { kind: 'partial' } : readText(bytes);
  if (beginsAs(bytes, V2)) return bytes.length < V2_HEAD_BYTES ? { kind: 'partial' } : readBinary(bytes);
  return { kind: 'none' };
}

/** Whether the one is the beginning of the other, whichever is shorter. */
function beginsAs(bytes: Buffer, signature: Buffer): boolean {
  const length = Math.min(bytes.length, signature.length);
  return bytes.compare(signature, 0, length, 0, length) === 0;
}

const invalid = (reason: string): ProxyHeader => ({ kind: 'invalid', reason });

function readText(bytes: Buffer): ProxyHeader {
  const end = bytes.subarray(0, V1_MAX_BYTES).indexOf('\r\n', 0, 'latin1');
  if (end === -1)
    return bytes.length < V1_MAX_BYTES ? { kind: 'partial' } : invalid('no line end in 107 bytes');
  const [line, family, source, destination, ...ports] = V1_LINE.exec(bytes.toString('latin1', 0, end)) ?? [];
  if (line === undefined) return invalid('malformed line');
  const length = end + 2;
  if (family === undefined) return { kind: 'header', length, address: undefined };
  for (const text of [source ?? '', destination ?? '']) {
    if (text.includes(':') !== (family === 'TCP6') || normalizeIp(text) === undefined)
      return invalid('malformed address');
  }
  if (ports.some((port) => Number(port) > 65535 || (port.length > 1 && port.startsWith('0'))))
    return invalid('malformed port');
  return { kind: 'header', length, address: normalizeIp(source ?? '') };
}

/** Bytes of both addresses and ports by family (section 2.2). */
const ADDRESS_BYTES: Readonly<Record<number, number>> = { [AF_INET]: 12, [AF_INET6]: 36, [AF_UNIX]: 216 };

function readBinary(bytes: Buffer): ProxyHeader {
  const versionAndCommand = bytes.readUInt8(12);
  const size = bytes.readUInt16BE(14);
  if (versionAndCommand !== LOCAL && versionAndCommand !== PROXY)
    return invalid('unknown version or command');
  if (size > V2_MAX_BYTES) return invalid(`more than ${V2_MAX_BYTES} bytes`);
  const length = V2_HEAD_BYTES + size;
  if (bytes.length < length) return { kind: 'partial' };
  if (versionAndCommand === LOCAL) return { kind: 'header', length, address: undefined };
  const family = bytes.readUInt8(13) >> 4;
  if (family > AF_UNIX || (bytes.readUInt8(13) & 0x0f) > 2)
    return invalid('unknown address family or protocol');
  if (size < (ADDRESS_BYTES[family] ?? 0)) return invalid('addresses cut short');
  return { kind: 'header', length, address: binaryAddress(bytes, family) };
}

function binaryAddress(bytes: Buffer, family: number): string | undefined {
  if (family === AF_INET) return bytes.subarray(V2_HEAD_BYTES, V2_HEAD_BYTES + 4).join('.');
  if (family !== AF_INET6) return undefined;
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(V2_HEAD_BYTES + 2 * i).toString(16));
  return normalizeIp(groups.join(':'));
}
