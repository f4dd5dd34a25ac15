import { type Fault, fault } from '@asana-audit/core'
import { sanitizeServerText } from '@asana-audit/core/sink-kit'
import { statusFault } from '../answers/status-fault.ts'

/** gRPC codes of permanent errors, each with the HTTP status of the same meaning. */
const httpStatusOfGrpc: Readonly<Record<number, number>> = { 3: 400, 7: 403, 12: 404, 16: 401 }

/**
 * The fault for a FAILED result. Exporters put the status of a permanent failure into `code`; other failures have
 * none.
 */
export function exportFault(error: (Error & { code?: unknown }) | undefined): Fault {
  const said = sanitizeServerText(error?.message ?? '')
  const code = typeof error?.code === 'number' ? error.code : 0
  const status = httpStatusOfGrpc[code] ?? code
  if (status < 300 || status > 599) {
    const message = said ? `The exporter failed: ${said}` : 'The exporter failed and gave no reason.'
    return fault({ fault: 'temporary', code: 'export_failed', message })
  }
  const { shape, nextStep } = statusFault(status)
  const message = [`The exporter received the status ${code}.`, nextStep, said && `It says: "${said}".`]
    .filter(Boolean)
    .join(' ')
  return fault({ ...shape, message })
}

/** An exporter that throws often does so because of one record that it cannot encode. */
export function throwFault(error: unknown): Fault {
  const said = sanitizeServerText(error instanceof Error ? error.message : String(error))
  const message = `The exporter threw instead of calling back: ${said}`
  return fault({ fault: 'temporary', code: 'exporter_threw', isolateAfter: 8, message, cause: error })
}
