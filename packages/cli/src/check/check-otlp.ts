import { httpClient } from '@asana-audit/core'
import { otlpSink } from '@asana-audit/otlp'
import { auditScope } from '@asana-audit/schema'
import type { Destination } from '../config/destination/destination.ts'
import type { PipelineSettings } from '../config/pipeline/pipeline-settings.ts'
import type { Warning } from '../terminal/problem.ts'
import { askStore } from './stores/ask-store.ts'
import type { Verdict } from './verdict.ts'

type OtlpDestination = Extract<Destination, { kind: 'otlp' }>

/**
 * Sends a request without records, and asks a store that we know for its limits. Rejects with the fault of a receiver that does not work.
 */
export async function checkOtlp(
  pipeline: PipelineSettings,
  { options, headersFrom }: OtlpDestination,
  onWarning: (warning: Warning) => void,
): Promise<Verdict> {
  const connection = { ...options, ...pipeline.proxies.through(options.credentials) }
  const endpoint = new URL(options.url)
  const http = httpClient(connection, onWarning)
  try {
    const sink = otlpSink({ ...connection, http, resource: {}, scope: auditScope, onWarning })
    await sink.probe()
    const store = await askStore(endpoint, http, pipeline)
    for (const warning of store?.warnings ?? []) onWarning(warning)
    const over = options.protocol === 'grpc' ? 'OTLP/gRPC' : 'OTLP'
    const from = headersFrom.join(', and second ones from ')
    const said = [
      `${endpoint.origin} accepts logs over ${over}.`,
      ...(store ? [store.sentence] : []),
      ...(from ? [`The secret headers come from ${from}.`] : []),
    ]
    return { ok: true, message: said.join(' ') }
  } finally {
    await http.close()
  }
}
