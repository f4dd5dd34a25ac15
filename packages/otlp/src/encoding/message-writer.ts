import { ByteWriter } from '@asana-audit/core/sink-kit'
import {
  close,
  delimited,
  double,
  fixed,
  fixed64,
  int64,
  noKey,
  open,
  tag,
  text,
  varint,
  wireVarint,
} from './protobuf-writer.ts'

type Kind =
  | 'text'
  | 'hex'
  | 'double'
  | 'fixed64'
  | 'int64'
  | 'varint'
  | 'bool'
  | 'doubles'
  | 'fixed64s'
  | Fields
/** The fields of a message by name: number and kind. A list is a repeated field. */
export interface Fields {
  readonly [name: string]: readonly [number: number, kind: Kind]
}

/** A message in protobuf, from its JSON: 64-bit integers are texts there, and ids are hexadecimal. Throws for a field that is not in `fields`. */
export function writtenMessage(fields: Fields, message: object): Uint8Array {
  const to = new ByteWriter()
  writeFields(to, fields, message)
  return to.buffer.subarray(0, to.length)
}

function writeFields(to: ByteWriter, fields: Fields, message: object): void {
  for (const [name, value] of Object.entries(message)) {
    const field = fields[name]
    if (!field) throw new Error(`There is no field ${name}.`)
    const [number, kind] = field
    if (typeof kind === 'object') {
      for (const one of Array.isArray(value) ? value : [value]) {
        const start = open(to, tag(number, delimited), 2)
        writeFields(to, kind, one as object)
        close(to, start, 2)
      }
    } else writers[kind](to, number, value as never)
  }
}

const writers = {
  text: (to: ByteWriter, number: number, value: string) =>
    void text(to, [tag(number, delimited)], noKey, value),
  hex(to: ByteWriter, number: number, value: string) {
    const bytes = Buffer.from(value, 'hex')
    to.byte(tag(number, delimited))
    varint(to, bytes.length)
    for (const byte of bytes) to.byte(byte)
  },
  int64(to: ByteWriter, number: number, value: string) {
    to.byte(tag(number, wireVarint))
    int64(to, Number(value))
  },
  double(to: ByteWriter, number: number, value: number) {
    to.byte(tag(number, fixed))
    double(to, value)
  },
  fixed64(to: ByteWriter, number: number, value: string) {
    to.byte(tag(number, fixed))
    writeFixed64(to, value)
  },
  varint(to: ByteWriter, number: number, value: number) {
    to.byte(tag(number, wireVarint))
    varint(to, value)
  },
  bool(to: ByteWriter, number: number, value: boolean) {
    to.byte(tag(number, wireVarint))
    to.byte(value ? 1 : 0)
  },
  doubles(to: ByteWriter, number: number, values: readonly number[]) {
    const start = open(to, tag(number, delimited), 1)
    for (const value of values) double(to, value)
    close(to, start, 1)
  },
  fixed64s(to: ByteWriter, number: number, values: readonly string[]) {
    const start = open(to, tag(number, delimited), 1)
    for (const value of values) writeFixed64(to, value)
    close(to, start, 1)
  },
}

function writeFixed64(to: ByteWriter, digits: string): void {
  const value = BigInt(digits)
  fixed64(to, Number(value & 0xffff_ffffn), Number(value >> 32n))
}
