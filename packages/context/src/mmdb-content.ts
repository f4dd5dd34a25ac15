import { Reader, type Response } from 'mmdb-lib'
import { remembered } from './remembered.ts'

/** What the fields of a database are about. */
export type MmdbKind = 'geo' | 'as'

/** Which databases have the fields of a kind, by the type in their metadata, and what to give instead of another. */
const kinds: { readonly [Kind in MmdbKind]: { readonly types: RegExp; readonly instead: string } } = {
  geo: { types: /city|country|enterprise|location/i, instead: 'a City or Country database' },
  as: { types: /asn|isp/i, instead: 'an ASN or ISP database' },
}

/** The fields of an address; undefined if the database has none. */
export type Lookup = (address: string) => Readonly<Record<string, unknown>> | undefined

/** Why the content of a file cannot be used: a sentence that begins after the name of the file. */
export class BadContent extends Error {}

/** Reads a database in the format of MaxMind, https://maxmind.github.io/MaxMind-DB/. Throws `BadContent` for anything else, and for one of another kind. */
export function mmdbContent(bytes: Buffer, kind: MmdbKind): Lookup {
  const reader = opened(bytes)
  const { databaseType, ipVersion } = reader.metadata
  const { types, instead } = kinds[kind]
  if (!types.test(databaseType)) throw new BadContent(`is of the type ${databaseType}. Give ${instead}.`)
  const fieldsOf: Lookup = (address) => {
    if (ipVersion === 4 && address.includes(':')) return undefined
    const found: unknown = reader.get(address)
    return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : undefined
  }
  try {
    for (let network = 1; network < 224; network += 1) fieldsOf(`${network}.1.1.1`)
  } catch {
    throw new BadContent('is damaged. Download it again.')
  }
  return remembered((address) => {
    try {
      return fieldsOf(address)
    } catch {
      // A damaged entry that the sample has missed: the events go on, with what the rest of the file has.
      return undefined
    }
  })
}

function opened(bytes: Buffer): Reader<Response> {
  try {
    const reader = new Reader(bytes)
    const { binaryFormatMajorVersion: version, databaseType, ipVersion, searchTreeSize } = reader.metadata
    const isWhole = searchTreeSize > 0 && searchTreeSize < bytes.length
    if (version === 2 && typeof databaseType === 'string' && [4, 6].includes(ipVersion) && isWhole)
      return reader
  } catch {
    // The parser throws errors of many kinds for bytes that are something else.
  }
  throw new BadContent('is no MaxMind DB, or not a whole one. Download it again.')
}
