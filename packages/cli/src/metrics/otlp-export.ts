import { metricsSender } from '@asana-audit/otlp/metrics'
import type { MetricsExport } from '../config/monitoring/metrics-export.ts'
import type { Warning } from '../terminal/problem.ts'
import { version } from '../version.ts'
import { exportFailures } from './export-failures.ts'
import { otlpRequests, type SentValues } from './otlp-request.ts'
import type { Registry } from './registry.ts'

export interface OtlpExport {
  /** Sends once more, for at most five seconds, and ends. */
  close(): Promise<void>
}

const lastMs = 5_000

/**
 * Sends all metrics each `intervalMs`. An export that fails is not tried again: the next one has its numbers too. Only the first failure in a
 * row is a warning. `resource`: the user's attributes, which override ours.
 */
export function otlpExport(
  registry: Registry,
  { otlp, intervalMs, temporality }: MetricsExport,
  resource: Readonly<Record<string, string>>,
  onWarning: (warning: Warning) => void,
): OtlpExport {
  const sender = metricsSender(otlp, onWarning)
  const own = { 'service.name': 'asana-audit', 'service.version': version, ...resource }
  const startedAt = nanos(Date.now())
  const sent: SentValues = new Map()
  let lastAt = startedAt
  const failures = exportFailures('metrics', onWarning)
  let running: Promise<void> | undefined

  async function exportOnce(signal?: AbortSignal): Promise<void> {
    const now = nanos(Date.now())
    const requests: [Uint8Array, SentValues][] = []
    const collecting = { startedAt, lastAt, now, temporality, resource: own, sent }
    await otlpRequests(registry, {
      ...collecting,
      put: (request, values) => void requests.push([sender.encode(request), values]),
    })
    for (const [request, values] of requests) {
      await sender.send(request, signal)
      for (const [key, value] of values) sent.set(key, value)
    }
    lastAt = now
  }

  async function attempt(signal?: AbortSignal): Promise<void> {
    try {
      await exportOnce(signal)
      failures.worked()
    } catch (error) {
      if (!signal?.aborted) failures.failed(error)
    } finally {
      running = undefined
    }
  }

  const timer = setInterval(() => {
    running ??= attempt()
  }, intervalMs).unref()
  return {
    async close() {
      clearInterval(timer)
      const signal = AbortSignal.timeout(lastMs)
      await Promise.race([running, new Promise((resolve) => signal.addEventListener('abort', resolve))])
      await attempt(signal)
      await sender.close()
    },
  }
}

function nanos(ms: number): string {
  return `${ms}000000`
}
