import { cutWrite, type Fault, fault } from '@asana-audit/core'
import type { AuditLogRecord } from '@asana-audit/schema'
import type { Encoding } from './encoding.ts'

export interface Limits {
  readonly maxRecords: number
  /** Of one envelope before compression. A single record that is larger gets an envelope of its own. */
  readonly maxBytes: number
}

export interface Cut {
  readonly bytes: Uint8Array
  /** How many records are in it. */
  readonly records: number
}

/**
 * Cuts records into envelopes, in order, each encoded only when it is asked for. A record that cannot be encoded
 * throws a fault with its index, after the envelope of everything before it.
 */
export function* cut<T>(
  items: readonly T[],
  toRecord: (item: T) => AuditLogRecord,
  encoding: Encoding,
  limits: Limits,
): Generator<Cut> {
  const encode = (item: T): Uint8Array => {
    try {
      return encoding.record(toRecord(item))
    } catch (error) {
      throw unencodable(error)
    }
  }
  for (const parts of cutWrite(items, encode, { ...limits, overhead: encoding.overhead })) {
    yield { bytes: encoding.envelope(parts), records: parts.length }
  }
}

function unencodable(error: unknown): Fault {
  const reason = error instanceof Error ? error.message : String(error)
  const message = `The record cannot be written as OTLP: ${reason}.`
  return fault({ fault: 'rejected', code: 'unencodable', message, cause: error })
}
