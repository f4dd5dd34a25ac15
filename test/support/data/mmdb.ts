import { isIPv4 } from 'node:net'

// Databases in the format of MaxMind for tests, written after https://maxmind.github.io/MaxMind-DB/: a search tree over the bits of an
// address, a section with data, and metadata at the end.

/** A buffer stands in the data as it is. */
export type MmdbValue =
  | Buffer
  | string
  | number
  | boolean
  | readonly MmdbValue[]
  | { readonly [name: string]: MmdbValue }

export interface MmdbOptions {
  readonly type?: string
  readonly ipVersion?: 4 | 6
  /** Bits of each of the two sides of a node. */
  readonly recordSize?: 24 | 28 | 32
}

/** Entries by network: `{ '203.0.113.0/24': { country: { iso_code: 'DE' } } }`. Networks must not overlap. */
export function mmdb(
  entries: Readonly<Record<string, MmdbValue>>,
  { type = 'GeoLite2-City', ipVersion = 6, recordSize = 28 }: MmdbOptions = {},
): Buffer {
  const { nodes, data } = searchTree(entries, ipVersion)
  const tree = Buffer.concat(
    nodes.map((node) =>
      nodeBytes(
        node.map((side) => recordOf(side, nodes.length)),
        recordSize,
      ),
    ),
  )
  const metadata = encoded({
    ...{ binary_format_major_version: 2, binary_format_minor_version: 0, build_epoch: 1_767_225_600 },
    ...{ database_type: type, description: { en: 'Made by a test' }, languages: ['en'] },
    ...{ ip_version: ipVersion, node_count: nodes.length, record_size: recordSize },
  })
  return Buffer.concat([tree, Buffer.alloc(16), data, marker, metadata])
}

/** A value of 28 pointers to values of 28 pointers to …: some hundred bytes that nobody can read to the end. For the start of the data, or as metadata. */
export function endlessValue(levels = 30): Buffer {
  const [width, count] = [2, 28]
  const bytes = 2 + width * count
  const blocks = Array.from({ length: levels }, (_, level) => {
    const next = (level + 1) * bytes
    const pointer = [0x20 | (next >> 8), next & 255]
    return Buffer.from([count, 11 - 7, ...Array.from({ length: count }, () => pointer).flat()])
  })
  return Buffer.concat([...blocks, encoded('the end')])
}

/** The same database with other metadata. */
export function withMetadata(database: Buffer, metadata: Buffer): Buffer {
  return Buffer.concat([database.subarray(0, database.lastIndexOf(marker) + marker.length), metadata])
}

const marker = Buffer.concat([Buffer.from('abcdef', 'hex'), Buffer.from('MaxMind.com')])

/** Another node, a place in the data, or nothing. */
type Side = { readonly node: number } | { readonly at: number } | undefined
type Node = [left: Side, right: Side]

function searchTree(
  entries: Readonly<Record<string, MmdbValue>>,
  ipVersion: 4 | 6,
): { nodes: Node[]; data: Buffer } {
  const nodes: Node[] = [[undefined, undefined]]
  const data: Buffer[] = []
  let at = 0
  for (const [network, value] of Object.entries(entries)) {
    const bits = bitsOf(network, ipVersion)
    let node = nodes[0]!
    for (const bit of bits.slice(0, -1)) {
      const side = node[bit]
      if (side && 'at' in side) throw new Error(`${network} overlaps with another network.`)
      const number = side?.node ?? nodes.push([undefined, undefined]) - 1
      node[bit] = { node: number }
      node = nodes[number]!
    }
    node[bits.at(-1)!] = { at }
    const bytes = encoded(value)
    data.push(bytes)
    at += bytes.length
  }
  return { nodes, data: Buffer.concat(data) }
}

function recordOf(side: Side, nodeCount: number): number {
  if (side === undefined) return nodeCount
  return 'node' in side ? side.node : nodeCount + 16 + side.at
}

function nodeBytes([left = 0, right = 0]: readonly number[], recordSize: 24 | 28 | 32): Buffer {
  const bytes = Buffer.alloc(recordSize / 4)
  if (recordSize === 28) {
    bytes.writeUIntBE(left % 2 ** 24, 0, 3)
    bytes[3] = Math.floor(left / 2 ** 24) * 16 + Math.floor(right / 2 ** 24)
    bytes.writeUIntBE(right % 2 ** 24, 4, 3)
    return bytes
  }
  bytes.writeUIntBE(left, 0, recordSize / 8)
  bytes.writeUIntBE(right, recordSize / 8, recordSize / 8)
  return bytes
}

type Bit = 0 | 1

function bitsOf(network: string, ipVersion: 4 | 6): Bit[] {
  const [address = '', length = ''] = network.split('/')
  const isV4 = isIPv4(address)
  const bytes = isV4 ? address.split('.').map(Number) : bytesOfV6(address)
  const bits = bytes.flatMap((byte) =>
    Array.from({ length: 8 }, (_, place) => ((byte >> (7 - place)) & 1) as Bit),
  )
  const whole = isV4 && ipVersion === 6 ? [...Array.from({ length: 96 }, (): Bit => 0), ...bits] : bits
  return whole.slice(0, whole.length - bits.length + Number(length))
}

function bytesOfV6(address: string): number[] {
  const [before = '', after = ''] = address.split('::')
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
  const [left, right] = [groups(before), groups(after)]
  const between = Array.from({ length: 8 - left.length - right.length }, () => 0)
  return [...left, ...between, ...right].flatMap((group) => [group >> 8, group & 255])
}

function encoded(value: MmdbValue): Buffer {
  if (Buffer.isBuffer(value)) return value
  if (typeof value === 'string') return field(2, Buffer.byteLength(value), Buffer.from(value))
  if (typeof value === 'boolean') return field(14, Number(value))
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(Number.isInteger(value) ? 4 : 8)
    if (Number.isInteger(value)) bytes.writeUInt32BE(value)
    else bytes.writeDoubleBE(value)
    return field(Number.isInteger(value) ? 6 : 3, bytes.length, bytes)
  }
  if (Array.isArray(value)) return Buffer.concat([field(11, value.length), ...value.map(encoded)])
  const members = Object.entries(value)
  return Buffer.concat([
    field(7, members.length),
    ...members.flatMap(([name, member]) => [encoded(name), encoded(member)]),
  ])
}

/** A control byte and what follows it. Types past 7 have a byte of their own. */
function field(type: number, size: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  if (size >= 285) throw new Error('Too long for a database of tests.')
  const short = Math.min(size, 29)
  const control = type > 7 ? [short, type - 7] : [(type << 5) | short]
  return Buffer.concat([Buffer.from([...control, ...(size >= 29 ? [size - 29] : [])]), payload])
}
