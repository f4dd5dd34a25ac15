import { isFault } from '@asana-audit/core'
import { type OtlpSpan, tracesSender } from '@asana-audit/otlp/traces'
import type { TracesExport } from '../config/monitoring/traces-export.ts'
import { exportFailures } from '../metrics/export-failures.ts'
import type { Warning } from '../terminal/problem.ts'
import { version } from '../version.ts'

export interface SpanExport {
  /** Takes a span to be sent, or drops it if too many wait. */
  put(span: OtlpSpan): void
  /** Sends what waits, for at most five seconds, and ends. */
  close(): Promise<void>
}

const lastMs = 5_000

/**
 * Sends spans in batches. What a receiver does not take waits, and new spans are dropped while the queue is full; how many is a warning
 * once it takes some again, or at the end. `resource`: the user's attributes, which override ours.
 */
export function spanExport(
  { otlp, intervalMs, queueSize, batchSize }: TracesExport,
  resource: Readonly<Record<string, string>>,
  onWarning: (warning: Warning) => void,
): SpanExport {
  const sender = tracesSender(otlp, onWarning)
  const own = { 'service.name': 'asana-audit', 'service.version': version, ...resource }
  const attributes = Object.entries(own).map(([key, stringValue]) => ({ key, value: { stringValue } }))
  const scope = { name: 'asana-audit', version }
  const failures = exportFailures('spans', onWarning)
  let queue: OtlpSpan[] = []
  let dropped = 0
  let isFailing = false
  let running: Promise<void> | undefined

  async function sendAll(signal?: AbortSignal): Promise<void> {
    while (queue.length > 0) {
      const spans = queue.slice(0, batchSize)
      const request = { resourceSpans: [{ resource: { attributes }, scopeSpans: [{ scope, spans }] }] }
      try {
        await sender.send(sender.encode(request), signal)
      } catch (error) {
        // The receiver will never take these, or has some of them.
        if (isFault(error) && error.fault === 'rejected') queue = queue.slice(spans.length)
        throw error
      }
      queue = queue.slice(spans.length)
    }
  }

  async function attempt(signal?: AbortSignal): Promise<void> {
    try {
      await sendAll(signal)
      isFailing = false
      failures.worked()
      tellDropped(`${queueSize} waited already. OTEL_TRACES_SAMPLER=traceidratio makes fewer.`)
    } catch (error) {
      isFailing = true
      if (!signal?.aborted) failures.failed(error)
    } finally {
      running = undefined
    }
  }

  function begin(): void {
    running ??= attempt()
  }

  function tellDropped(why: string): void {
    if (dropped === 0) return
    const spans = dropped === 1 ? '1 span was' : `${dropped} spans were`
    onWarning({ code: 'spans_dropped', message: `${spans} dropped: ${why}` })
    dropped = 0
  }

  const timer = setInterval(begin, intervalMs).unref()
  return {
    put(span) {
      if (queue.length >= queueSize) dropped += 1
      else queue.push(span)
      if (queue.length >= batchSize && !isFailing) begin()
    },
    async close() {
      clearInterval(timer)
      const signal = AbortSignal.timeout(lastMs)
      await Promise.race([running, new Promise((resolve) => signal.addEventListener('abort', resolve))])
      await attempt(signal)
      dropped += queue.length
      tellDropped('the receiver had not taken them before the end.')
      await sender.close()
    },
  }
}
