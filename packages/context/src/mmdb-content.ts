import { sanitizeServerText } from '@asana-audit/core/sink-kit'
import { Reader, type Response } from 'mmdb-lib'
import { checkSize } from './check-size.ts'
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

/** What a file holds. */
export interface MmdbContent {
  /** It never throws. */
  readonly lookup: Lookup
  /** Whether an entry that was asked for is damaged. It counts as none. */
  isDamaged(): boolean
}

/** Why the content of a file cannot be used: a sentence that begins after the name of the file. */
export class BadContent extends Error {}

/** Reads a database in the format of MaxMind, https://maxmind.github.io/MaxMind-DB/. Throws `BadContent` for anything else, and for one of another kind. */
export function mmdbContent(bytes: Buffer, kind: MmdbKind): MmdbContent {
  const { databaseType, ipVersion, get } = opened(bytes)
  const { types, instead } = kinds[kind]
  if (!types.test(databaseType))
    throw new BadContent(`is of the type ${sanitizeServerText(databaseType)}. Give ${instead}.`)
  const fieldsOf: Lookup = (address) => {
    if (ipVersion === 4 && address.includes(':')) return undefined
    const found = get(address)
    return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : undefined
  }
  try {
    for (let network = 1; network < 224; network += 1) fieldsOf(`${network}.1.1.1`)
  } catch {
    throw new BadContent('is damaged. Download it again.')
  }
  let damaged = false
  const lookup = remembered<ReturnType<Lookup>>((address) => {
    try {
      return fieldsOf(address)
    } catch {
      // An entry that the sample has missed: the events go on, with what the rest of the file has.
      damaged = true
      return undefined
    }
  })
  return { lookup, isDamaged: () => damaged }
}

interface Opened {
  readonly databaseType: string
  readonly ipVersion: number
  /** Throws errors of many kinds for a damaged entry, and one that is far too large. */
  get(address: string): unknown
}

/** The metadata comes behind its last one. */
const marker = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1')
const separatorBytes = 16

function opened(bytes: Buffer): Opened {
  try {
    checkMetadata(bytes)
    let section = 0
    let isEntry = false
    /** The library asks it before it reads an entry, and what pointers in it lead to. */
    const cache = {
      get(offset: number | string): undefined {
        if (isEntry) checkSize(bytes, Number(offset), section)
        isEntry = false
      },
      set() {},
    }
    const reader = new Reader<Response>(bytes, { cache })
    const { binaryFormatMajorVersion: version, databaseType, ipVersion, searchTreeSize } = reader.metadata
    section = searchTreeSize + separatorBytes
    const isWhole = searchTreeSize > 0 && searchTreeSize < bytes.length
    if (version === 2 && typeof databaseType === 'string' && [4, 6].includes(ipVersion) && isWhole) {
      const get = (address: string): unknown => {
        isEntry = true
        return reader.get(address)
      }
      return { databaseType, ipVersion, get }
    }
  } catch {
    // The parser throws errors of many kinds for bytes that are something else.
  }
  throw new BadContent('is no MaxMind DB, or not a whole one. Download it again.')
}

/** A database has one. Each may have much behind it to check. */
const mostMarkers = 10

/** Behind every marker, because the library chooses one of them. */
function checkMetadata(bytes: Buffer): void {
  let markers = 0
  for (let at = bytes.indexOf(marker); at >= 0; at = bytes.indexOf(marker, at + 1)) {
    markers += 1
    if (markers > mostMarkers) throw new RangeError('There is too much metadata.')
    const start = at + marker.length
    checkSize(bytes, start, start)
  }
  if (markers === 0) throw new RangeError('There is no metadata.')
}
