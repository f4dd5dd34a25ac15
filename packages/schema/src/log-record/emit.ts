import type { AuditLogEvent } from '../event/event.ts'
import { type AuditLogRecord, type LogRecordOptions, toLogRecord } from './log-record.ts'

/** The part we need of a `Logger` of `@opentelemetry/api` or `@opentelemetry/api-logs`. */
export interface AuditLogger {
  emit(record: AuditLogRecord): void
}

/**
 * Passes an event to a host's own Logger. From there the host's pipeline is responsible: the standard batch processor
 * drops records when its queue is full, so use a sink for a copy that must be complete.
 */
export function emit(logger: AuditLogger, event: AuditLogEvent, options?: LogRecordOptions): void {
  logger.emit(toLogRecord(event, options))
}
