import { Agent } from 'node:http'
import { type AuditLogEvent, applyFieldPolicy, defaultFieldPolicy } from '@asana-audit/schema'
import { Logger } from 'splunk-logging'
import type { Setup } from './variant.ts'

export interface SplunkLogger {
  /** Resolves after any answer of the receiver. */
  send(events: readonly AuditLogEvent[]): Promise<void>
}

/**
 * `splunk-logging`. Without `batch` it has its defaults, one request for each event. With `batch`, this many events are queued and then
 * flushed, over connections that are kept alive. It has no compression and no indexed fields.
 */
export function splunkLogger({ hecOrigin, hecToken, batch }: Setup, workspace: string): SplunkLogger {
  const logger = new Logger({
    token: hecToken,
    url: hecOrigin,
    ...(batch !== undefined && { maxBatchCount: 0 }),
  })
  // Our pipeline applies the same policy.
  logger.eventFormatter = (event) => applyFieldPolicy(event as AuditLogEvent, defaultFieldPolicy)
  logger.error = () => {}
  if (batch !== undefined) logger.requestOptions = { json: false, agent: new Agent({ keepAlive: true }) }
  const metadata = (event: AuditLogEvent): object => ({
    time: Date.parse(event.created_at) / 1000,
    host: workspace,
    source: 'asana:audit_log_api',
    sourcetype: 'asana:audit',
  })
  return {
    async send(events) {
      if (batch === undefined) {
        for (const event of events) {
          await new Promise<void>((resolve) => {
            logger.send({ message: event, metadata: metadata(event) }, () => resolve())
          })
        }
        return
      }
      for (const event of events) logger.send({ message: event, metadata: metadata(event) })
      await new Promise<void>((resolve) => logger.flush(() => resolve()))
    },
  }
}
