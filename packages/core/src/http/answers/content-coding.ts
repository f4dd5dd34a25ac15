import { fault } from '../../fault.ts'
import type { Bytes } from '../bytes.ts'
import { gunzip } from '../gzip.ts'
import { TooLarge } from './whole-response.ts'

/** The same limit as curl's: no real server uses more, and each coding may unpack to the whole cap. */
const mostCodings = 5

/**
 * The body without its content codings; the header lists them in the order they were applied. Names ignore case, and x-gzip is
 * gzip (RFC 9110, section 8.4.1). Throws `TooLarge` above `maxBytes`, and a fault for an unrequested coding or damaged bytes.
 */
export function decoded(body: Bytes, contentEncoding: string, maxBytes: number, where: string): Bytes {
  const codings = contentEncoding
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
  // An empty body, as of a 204, stays empty, even if the header names a coding.
  if (body.length === 0) return body
  const unknown = codings.find((name) => name !== 'gzip' && name !== 'x-gzip')
  if (unknown !== undefined || codings.length > mostCodings) {
    const named = /^[a-z\d-]{1,20}$/.test(unknown ?? '') ? ` (${unknown})` : ''
    const message = `The answer of ${where} is compressed in a way that was not asked for${named}. Check the proxies and gateways on the way: they may use gzip or no compression.`
    throw fault({ fault: 'fatal', code: 'unsupported_coding', message })
  }
  return codings.reduceRight((bytes) => unzipped(bytes, maxBytes, where), body)
}

function unzipped(bytes: Bytes, maxBytes: number, where: string): Bytes {
  try {
    return gunzip(bytes, maxBytes)
  } catch (error) {
    if (error instanceof TooLarge) throw error
    const message = `The answer of ${where} is marked as gzip, but it is not gzip, or it is damaged.`
    throw fault({ fault: 'temporary', code: 'damaged_answer', message, cause: error })
  }
}
