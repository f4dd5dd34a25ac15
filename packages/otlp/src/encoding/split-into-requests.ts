import { type Fault, fault } from '@asana-audit/core'
import {
  type ByteWriter,
  type EncodedRequest,
  type RequestLimits,
  splitIntoRequests,
} from '@asana-audit/core/sink-kit'
import type { AuditLogRecord } from '@asana-audit/schema'
import type { LogRecordHead, PutAttribute } from '@asana-audit/schema/encoder'
import type { Encoding } from './encoding.ts'

/** Passes the attributes of a record to `put` one by one and returns the rest of the record. */
export type WriteRecord<T> = (item: T, put: PutAttribute) => LogRecordHead

/** For an item that is a record already. */
export const putRecord: WriteRecord<AuditLogRecord> = (record, put) => {
  const { attributes } = record
  // Code without types may pass events as they are.
  if (typeof attributes !== 'object' || attributes === null)
    throw new TypeError('it has no attributes; toLogRecord of @asana-audit/schema makes records of events')
  for (const name of Object.keys(attributes)) put(name, attributes[name]!)
  return record
}

/**
 * Splits records into requests, in order. For a record that cannot be encoded, throws a fault with its index after
 * the records before it.
 */
export function splitRecords<T>(
  items: readonly T[],
  writeRecord: WriteRecord<T>,
  { writer, ...frame }: Encoding,
  limits: RequestLimits,
  to?: ByteWriter,
): Generator<EncodedRequest> {
  return splitIntoRequests<T>(items, { ...frame, into }, limits, to)

  function into(to: ByteWriter): (item: T) => void {
    const { begin, put, end } = writer(to)
    return (item) => {
      try {
        begin()
        end(writeRecord(item, put))
      } catch (error) {
        throw unencodable(error)
      }
    }
  }
}

function unencodable(error: unknown): Fault {
  const reason = error instanceof Error ? error.message : String(error)
  const message = `The record cannot be written as OTLP: ${reason}.`
  return fault({ fault: 'rejected', code: 'unencodable', message, at: 0, cause: error })
}
