import { parseLosslessJson } from '@asana-audit/schema/lossless'
import { type Fault, fault } from '../fault.ts'
import type { HttpResponse } from '../http/answers/http-response.ts'
import type { Bytes } from '../http/bytes.ts'
import { dataInPieces } from './data-in-pieces.ts'

/** An answer as it came. Bytes are cheap to hold, so a page is parsed only when its turn has come. */
export interface RawPage {
  readonly body: Bytes
  /** The body as it came, if it came as gzip. */
  readonly gzipped?: Bytes | undefined
  /** Where the next page starts; undefined only until something has matched the filters. */
  readonly offset: string | undefined
  readonly isEmpty: boolean
  /** The server's clock in milliseconds since 1970, from its `Date` header; undefined without one. */
  readonly date: number | undefined
  /** The page size it was asked for with; undefined: the server's default. */
  readonly limit: number | undefined
  /** Undefined if it is not shared. */
  readonly sharing?: Sharing | undefined
}

/** Who requested an answer that several readers use, and when. All its readers get this same object. Times are milliseconds since 1970 by our clock. */
export interface Sharing {
  readonly askedBy: string
  readonly askedAt: number
  readonly receivedAt: number
  readonly order: Order
}

/** When a request began and when its answer came, as numbers in one sequence for all requests. A clock would not do: it may be set back. */
export interface Order {
  readonly begun: number
  readonly answered: number
}

/** The server's `Date` header in milliseconds since 1970; undefined without a readable one. */
export function sentAt({ date }: HttpResponse['headers']): number | undefined {
  const ms = date === undefined ? Number.NaN : Date.parse(date)
  return Number.isNaN(ms) ? undefined : ms
}

/** Reads only the start and the end of an answer. Throws for a body without a readable end; `pageData` checks the rest. */
export function rawPage({ body, gzipped, headers }: HttpResponse): Omit<RawPage, 'limit'> {
  const date = sentAt(headers)
  const next = nextPageAtTheEnd(body)
  const hasData = startOfData.exec(body.subarray(0, 64).toString('latin1'))
  if (next && hasData) return { body, gzipped, offset: offsetOf(next), isEmpty: hasData[1] === ']', date }
  const page = wholePage(body)
  return { body, gzipped, offset: offsetOf(page), isEmpty: page.data.length === 0, date }
}

/** The entries, oldest first, as Asana sent them; not yet checked. Throws a temporary `malformed_page`. */
export function pageData({ body }: Pick<RawPage, 'body'>): readonly unknown[] {
  return dataInPieces(body) ?? wholePage(body).data
}

const startOfData = /^\s*\{\s*"data"\s*:\s*\[\s*(.)/s

interface NextPage {
  readonly next_page?: unknown
}

/**
 * The last member of the page, if that is `next_page`. With an opening brace added, the text from this name on is valid JSON only
 * if the name is a member of the outermost object: deeper inside, more braces are closed.
 */
function nextPageAtTheEnd(body: Bytes): NextPage | undefined {
  const at = body.lastIndexOf('"next_page"')
  if (at === -1 || body.length - at > 65_536) return undefined
  try {
    return JSON.parse(`{${body.toString('utf8', at)}`) as NextPage
  } catch {
    return undefined
  }
}

function wholePage(body: Bytes): NextPage & { readonly data: readonly unknown[] } {
  let page: unknown
  try {
    page = parseLosslessJson(body.toString('utf8'))
  } catch {
    throw malformed('it is not JSON')
  }
  const { data, ...rest } = (page ?? {}) as NextPage & { data?: unknown }
  if (!Array.isArray(data)) throw malformed('it has no `data` array')
  return { ...rest, data }
}

function offsetOf({ next_page: next }: NextPage): string | undefined {
  if (next === null || next === undefined) return undefined
  const { offset } = next as { offset?: unknown }
  if (typeof offset !== 'string' || offset === '') throw malformed('its `next_page` has no offset')
  return offset
}

function malformed(what: string): Fault {
  return fault({
    fault: 'temporary',
    code: 'malformed_page',
    message: `Asana's answer is not a page of audit log events: ${what}. If this continues, check the base URL and any proxy between you and Asana.`,
  })
}
