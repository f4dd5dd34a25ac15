import { fault } from '../fault.ts'
import type { Bytes } from './bytes.ts'
import { gunzip } from './gzip.ts'
import { TooLarge } from './whole-response.ts'

/** As curl has it: nobody compresses more often, and each time may unpack to the whole cap. */
const mostCodings = 5

/**
 * The body without its content codings, of which the header names the one applied last at its end. Names ignore case, and x-gzip is
 * gzip (RFC 9110, section 8.4.1). Throws `TooLarge` above `maxBytes`, and a fault for a coding nobody asked for or bytes that are none.
 */
export function decoded(body: Bytes, contentEncoding: string, maxBytes: number, where: string): Bytes {
  const codings = contentEncoding
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
  // No body is no body, whatever is said of it: the answer to a request without one, or 204.
  if (body.length === 0) return body
  const unknown = codings.find((name) => name !== 'gzip' && name !== 'x-gzip')
  if (unknown !== undefined || codings.length > mostCodings) {
    const named = /^[a-z\d-]{1,20}$/.test(unknown ?? '') ? ` (${unknown})` : ''
    const message = `The answer of ${where} is compressed in a way that was not asked for${named}. See what is in between, and let it take gzip or nothing.`
    throw fault({ fault: 'fatal', code: 'unsupported_coding', message })
  }
  return codings.reduceRight((bytes) => unzipped(bytes, maxBytes, where), body)
}

function unzipped(bytes: Bytes, maxBytes: number, where: string): Bytes {
  try {
    return gunzip(bytes, maxBytes)
  } catch (error) {
    if (error instanceof TooLarge) throw error
    const message = `The answer of ${where} says that it is compressed with gzip, and is not, or is damaged.`
    throw fault({ fault: 'temporary', code: 'damaged_answer', message, cause: error })
  }
}
