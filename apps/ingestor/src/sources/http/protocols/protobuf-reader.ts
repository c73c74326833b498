/** Protobuf that is cut off or not well-formed. */
export class ProtobufError extends Error {}

/** Wire types (protobuf.dev/programming-guides/encoding). Groups (3, 4) are long out of use and refused. */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** One field: its number, wire type, and value: bytes for `bytes`, else an unsigned integer of 64 bits. */
export interface ProtobufField {
  number: number;
  wire: number;
  integer: bigint;
  bytes: Buffer;
}

const NOTHING = Buffer.alloc(0);

/** The fields of one message, in their order. Views, no copies. @throws ProtobufError */
export function* protobufFields(message: Buffer): Generator<ProtobufField> {
  let at = 0;
  // Seven bits a byte, the lowest first, at most ten bytes.
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message[at++];
      if (byte === undefined) throw new ProtobufError('cut off');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new ProtobufError('integer of more than ten bytes');
  };
  // Keys and lengths: of five bytes, without a bigint on the way.
  const small = (): number => {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 28; factor *= 128) {
      const byte = message[at++];
      if (byte === undefined) throw new ProtobufError('cut off');
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new ProtobufError('length of more than five bytes');
  };
  const need = (length: number): number => {
    if (length > message.length - at) throw new ProtobufError('cut off');
    return (at += length) - length;
  };
  while (at < message.length) {
    const key = small();
    const wire = key % 8;
    const number = Math.floor(key / 8);
    if (number === 0 || number > 0x1fff_ffff) throw new ProtobufError('no field number');
    if (wire === WIRE.varint) yield { number, wire, integer: varint(), bytes: NOTHING };
    else if (wire === WIRE.fixed64)
      yield { number, wire, integer: message.readBigUInt64LE(need(8)), bytes: NOTHING };
    else if (wire === WIRE.fixed32)
      yield { number, wire, integer: BigInt(message.readUInt32LE(need(4))), bytes: NOTHING };
    else if (wire === WIRE.bytes) {
      const length = small();
      const from = need(length);
      yield { number, wire, integer: 0n, bytes: message.subarray(from, from + length) };
    } else throw new ProtobufError('unknown wire type');
  }
}
