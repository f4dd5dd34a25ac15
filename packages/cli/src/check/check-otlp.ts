import { type HttpClient, httpClient, isFault } from '@asana-audit/core'
import { otlpSink } from '@asana-audit/otlp'
import { auditScope } from '@asana-audit/schema'
import type { Destination } from '../config/destination/destination.ts'
import type { PipelineSettings } from '../config/pipeline/pipeline-settings.ts'
import type { Beginning } from '../pipelines/run/start-warnings.ts'
import type { Warning } from '../terminal/problem.ts'
import { askStore } from './stores/ask-store.ts'
import { throughProxy } from './through-proxy.ts'
import type { Verdict } from './verdict.ts'

type OtlpDestination = Extract<Destination, { kind: 'otlp' }>

/**
 * Sends a request without records, and asks a store that we know for its limits. Rejects with the fault of a receiver that does not work.
 */
export async function checkOtlp(
  pipeline: PipelineSettings,
  { options, headersFrom }: OtlpDestination,
  beginning: Beginning,
  onWarning: (warning: Warning) => void,
): Promise<Verdict> {
  const connection = { ...options, ...pipeline.proxies.through(options.credentials) }
  const endpoint = new URL(options.url)
  const http = httpClient(connection, onWarning)
  try {
    const sink = otlpSink({ ...connection, http, resource: {}, scope: auditScope, onWarning })
    try {
      await sink.probe()
    } catch (error) {
      return await tooOld(error, endpoint, http, beginning)
    }
    const store = await askStore(endpoint, http, beginning)
    for (const warning of store?.warnings ?? []) onWarning(warning)
    const over = options.protocol === 'grpc' ? 'OTLP/gRPC' : 'OTLP'
    const from = headersFrom.join(', and second ones from ')
    const said = [
      `${endpoint.origin}${await throughProxy(pipeline.proxies, endpoint)} accepts logs over ${over}.`,
      ...(store ? [store.sentence] : []),
      ...(from ? [`The secret headers come from ${from}.`] : []),
    ]
    return { ok: true, message: said.join(' ') }
  } finally {
    await http.close()
  }
}

/** A store that is too old for OTLP answers as a wrong path does, so what it says of its version counts more. Rejects with the fault unless it is old. */
async function tooOld(
  error: unknown,
  endpoint: URL,
  http: HttpClient,
  beginning: Beginning,
): Promise<Verdict> {
  if (!isFault(error) || !unknownPath.has(error.code)) throw error
  const store = await askStore(endpoint, http, beginning)
  const old = store?.warnings.find(({ code }) => code === 'store_version')
  if (!old) throw error
  return { ok: false, code: 'store_version', message: `${old.message} ${error.message}` }
}

const unknownPath: ReadonlySet<string> = new Set(['bad_data', 'not_found', 'method_not_allowed'])
