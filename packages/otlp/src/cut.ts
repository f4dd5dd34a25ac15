import { type Fault, fault } from '@asana-audit/core'
import type { AuditLogRecord } from '@asana-audit/schema'
import type { Encoding } from './encoding.ts'

export interface Limits {
  readonly maxRecords: number
  /** Of one envelope before compression. A single record that is larger gets an envelope of its own. */
  readonly maxBytes: number
}

export interface Cut {
  readonly bytes: Buffer
  /** How many records are in it. */
  readonly records: number
}

/**
 * Cuts records into envelopes, in order, each encoded only when it is asked for. A record that cannot be encoded
 * throws a fault with its index, after the envelope of everything before it.
 */
export function* cut(
  records: readonly AuditLogRecord[],
  encoding: Encoding,
  { maxRecords, maxBytes }: Limits,
): Generator<Cut> {
  let parts: Uint8Array[] = []
  let bytes = encoding.overhead
  let refused: Fault | undefined
  for (const [index, record] of records.entries()) {
    let part: Uint8Array
    try {
      part = encoding.record(record)
    } catch (error) {
      refused = unencodable(index, error)
      break
    }
    if (parts.length > 0 && (parts.length === maxRecords || bytes + part.length + 1 > maxBytes)) {
      yield { bytes: encoding.envelope(parts), records: parts.length }
      parts = []
      bytes = encoding.overhead
    }
    parts.push(part)
    bytes += part.length + 1
  }
  if (parts.length > 0) yield { bytes: encoding.envelope(parts), records: parts.length }
  if (refused) throw refused
}

function unencodable(index: number, error: unknown): Fault {
  const reason = error instanceof Error ? error.message : String(error)
  const message = `The record cannot be written as OTLP: ${reason}.`
  return fault({ fault: 'rejected', code: 'unencodable', at: index, accepted: index, message, cause: error })
}
