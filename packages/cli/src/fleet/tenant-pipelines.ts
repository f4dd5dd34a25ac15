import { fault, type HttpClient, httpClient, type Sink } from '@asana-audit/core'
import type { Tenant, TenantPipeline } from '@asana-audit/fleet'
import { tokenReaders } from '@asana-audit/fleet'
import type { PipelineSettings } from '../config/pipeline/pipeline-settings.ts'
import type { EventOrigins } from '../pipelines/destination/event-origins.ts'
import type { OpenDestination } from '../pipelines/destination/opening.ts'
import { openDestination, originsFor } from '../pipelines/open-destination.ts'
import type { Warning } from '../terminal/problem.ts'
import type { FleetFile } from './read-fleet-file.ts'

/** What the tenants of a worker have in common. */
export interface TenantPipelines {
  /** A turn of a tenant. Rejects with `unknown_destination`; a token that cannot be read is the source's fault, at its first request. */
  open(tenant: Tenant): Promise<TenantPipeline<unknown>>
  close(): Promise<void>
}

/** A destination that is open. */
interface Shared {
  readonly settings: PipelineSettings
  readonly http: HttpClient
  /** It writes nothing: it says what the sinks of tenants prefer, and how events are mapped for them. */
  readonly template: OpenDestination
  /** Undefined if nobody asks for the provenance of events. */
  readonly origins: EventOrigins | undefined
}

/**
 * Opens the destinations of a fleet's file, each once, with connections that all its tenants share, and one connection to Asana. `onWarning`
 * hears each message once.
 */
export async function openTenantPipelines(
  { destinations, values, resource }: FleetFile,
  env: NodeJS.ProcessEnv,
  onWarning: (warning: Warning) => void,
): Promise<TenantPipelines> {
  const warn = once(onWarning)
  const tokenOf = tokenReaders({ env, programs: values.token_programs })
  const shared = new Map<string, Shared>()
  // The file has one proxy and one `ca_file` for all tenants, so any destination's settings do.
  const [any] = destinations.values()
  const asana = httpClient(any?.http, warn)
  for (const [name, settings] of destinations) {
    const http = clientOf(settings, warn)
    const origins = await originsFor(settings)
    const template = await openDestination(settings, resource, warn, { http, origins })
    shared.set(name, { settings, http, template, origins })
  }

  function sinkOf({ settings, http, template, origins }: Shared, workspace: string): Sink<unknown> {
    let opened: Promise<OpenDestination> | undefined
    return {
      // Most turns find no event, so a sink is made for the first one.
      ...(template.sink.prefers && { prefers: template.sink.prefers }),
      async write(records, signal) {
        const own = { ...settings, workspace, warnings: [] }
        opened ??= openDestination(own, resource, warn, { http, origins })
        await (await opened).sink.write(records, signal)
      },
    }
  }

  return {
    async open({ name, workspace, destination, tokenRef }) {
      const found = shared.get(destination)
      if (!found) throw unknownDestination(name, destination, [...shared.keys()])
      const { settings, template, origins } = found
      const { baseUrl, filters, since, limit, maxResponseBytes, fieldPolicy } = settings
      const { settledWindowMs, rereadEveryMs } = settings
      return {
        source: {
          ...{ workspace, token: tokenOf(tokenRef), baseUrl, http: asana, filters, since, limit },
          ...{ maxResponseBytes, fieldPolicy, settledWindowMs, rereadEveryMs },
        },
        sink: sinkOf(found, workspace),
        map: template.map,
        ...(origins && {
          onArrival: origins.noting({ source: 'audit_log', workspace, pipeline: name }),
        }),
        ...(template.onUncertain && { onUncertain: template.onUncertain }),
      }
    },
    async close() {
      await Promise.all(
        [...shared.values()].flatMap(({ http, template }) => [template.sink.close(), http.close()]),
      )
      await asana.close()
    },
  }
}

/** To one destination. */
function clientOf(
  { destination, proxies }: PipelineSettings,
  onWarning: (warning: Warning) => void,
): HttpClient {
  const options = 'options' in destination ? destination.options : undefined
  return httpClient({ ...options, ...proxies.through(options?.credentials) }, onWarning)
}

function once(onWarning: (warning: Warning) => void): (warning: Warning) => void {
  const told = new Set<string>()
  return (warning) => {
    if (told.has(warning.message) || told.size > mostTold) return
    told.add(warning.message)
    onWarning(warning)
  }
}

/** Of different messages. There are some for each destination; a message that names each tenant must not fill the memory. */
const mostTold = 1_000

function unknownDestination(tenant: string, destination: string, known: readonly string[]): Error {
  const message = `The tenant ${JSON.stringify(tenant)} goes to the destination ${JSON.stringify(destination)}, and this worker's file has only ${known.join(', ')}. Add it to the file and start the workers again, or import the tenant with another destination.`
  return fault({ fault: 'fatal', code: 'unknown_destination', message })
}
