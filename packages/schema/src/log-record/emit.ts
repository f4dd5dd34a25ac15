import type { AuditLogEvent } from '../event/event.ts'
import { type AuditLogRecord, type LogRecordOptions, toLogRecord } from './log-record.ts'

/** The part we need of a `Logger` of `@opentelemetry/api` or `@opentelemetry/api-logs`. */
export interface AuditLogger {
  emit(record: AuditLogRecord): void
}

/**
 * Hands an event to a host's own Logger. What happens to it then is the host's pipeline: the stock batch
 * processor drops records when its queue is full, so a copy that must be complete belongs to a sink.
 */
export function emit(logger: AuditLogger, event: AuditLogEvent, options?: LogRecordOptions): void {
  logger.emit(toLogRecord(event, options))
}
