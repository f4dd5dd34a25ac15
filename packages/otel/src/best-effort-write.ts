import { type Fault, fault } from '@asana-audit/core'
import { raceAbort, sanitizeServerText } from '@asana-audit/core/sink-kit'
import type { AuditLogRecord } from '@asana-audit/schema'
import { emitAll } from './emit-all.ts'
import { type OpenProvider, refuseDisabled } from './logger-provider.ts'

type Write = (records: readonly AuditLogRecord[], signal: AbortSignal) => Promise<void>

/**
 * Without `tracked`: emits one batch and counts it as accepted once a flush resolves, which it also does after a
 * failed export. Flushes never overlap: after a timeout, the next one waits until the last has ended.
 */
export function bestEffortWrite(provider: OpenProvider, timeoutMs: number): Write {
  let lastFlush: Promise<unknown> = Promise.resolve()
  return async (records, signal) => {
    await raceAbort(lastFlush, signal)
    refuseDisabled(provider, records)
    emitAll(provider, records)
    const flush = provider.flush(timeoutMs)
    lastFlush = flush.catch(() => {})
    await raceAbort(flush, signal).catch((error: unknown) => {
      signal.throwIfAborted()
      throw flushFailed(error)
    })
    // A provider that was shut down meanwhile resolves its flush too.
    refuseDisabled(provider, records)
  }
}

function flushFailed(error: unknown): Fault {
  const said = sanitizeServerText(error instanceof Error ? error.message : String(error))
  const message = `The flush of the LoggerProvider failed: ${said}`
  return fault({ fault: 'temporary', code: 'flush_failed', message, cause: error })
}
