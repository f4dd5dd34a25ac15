import { type Fault, fault } from '@asana-audit/core'
import { sanitizeServerText } from '@asana-audit/core/sink-kit'
import type { AuditLogRecord } from '@asana-audit/schema'
import type { Logger } from './logger-provider.ts'

/** Emits records in order. */
export function emitAll(logger: Logger, records: readonly AuditLogRecord[]): void {
  try {
    for (const record of records) logger.emit(record)
  } catch (error) {
    throw processorThrew(error)
  }
}

/** A processor of the host may throw because of one record. */
function processorThrew(error: unknown): Fault {
  const said = sanitizeServerText(error instanceof Error ? error.message : String(error))
  const message = `A log record processor threw: ${said}`
  return fault({ fault: 'temporary', code: 'processor_threw', isolateAfter: 8, message, cause: error })
}
