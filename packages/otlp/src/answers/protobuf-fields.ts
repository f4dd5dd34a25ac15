export type ProtobufField =
  | { readonly number: number; readonly wireType: 0; readonly value: bigint }
  | { readonly number: number; readonly wireType: 1 | 2 | 5; readonly value: Buffer }

/**
 * The fields of one protobuf message, unknown ones too. Throws if the bytes are not a message: a field 0, a group, a
 * length past the end. Text almost never passes.
 */
export function* protobufFields(message: Buffer): Generator<ProtobufField> {
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message[at++]
      if (byte === undefined) throw new RangeError('A varint runs past the end.')
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    throw new RangeError('A varint is longer than ten bytes.')
  }
  const bytes = (length: number): Buffer => {
    if (length > message.length - at) throw new RangeError('A field runs past the end.')
    at += length
    return message.subarray(at - length, at)
  }
  while (at < message.length) {
    const key = Number(varint())
    const number = Math.floor(key / 8)
    const wireType = key % 8
    if (number === 0 || number >= 2 ** 29) throw new RangeError(`There is no field ${number}.`)
    if (wireType === 0) yield { number, wireType, value: varint() }
    else if (wireType === 1) yield { number, wireType, value: bytes(8) }
    else if (wireType === 2) yield { number, wireType, value: bytes(Number(varint())) }
    else if (wireType === 5) yield { number, wireType, value: bytes(4) }
    else throw new RangeError(`There is no wire type ${wireType} in proto3.`)
  }
}

/** Throws where the bytes are not UTF-8. */
export function protobufString(bytes: Buffer): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
}
