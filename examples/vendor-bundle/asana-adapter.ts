import { join } from 'node:path'
import {
  asanaSource,
  type Delivered,
  deliver,
  type Fact,
  httpClient,
  type QuarantineEntry,
  requestBudget,
} from '@asana-audit/core'
import { ingestSink, toMessage } from './ingest-sink.ts'
import { quarantineOf, tenantLane } from './tenant-lane.ts'

export interface Tenant {
  /** The product's own name for it. What was delivered is remembered under this name: keep it. */
  readonly name: string
  readonly workspace: string
  /** Called before every request, so that a token can be changed while the tenant runs. */
  readonly token: () => string | Promise<string>
}

export interface AdapterOptions {
  /** Holds a folder for each tenant. */
  readonly stateFolder: string
  readonly ingestUrl: string
  readonly baseUrl?: string | undefined
  /** Of one tenant's token. The rest of Asana's 1,500 a minute is the customer's. */
  readonly requestsPerMinute?: number | undefined
  readonly onFact?: ((tenant: string, fact: Fact) => void) | undefined
}

export interface RunOptions {
  /** Ends when caught up, and rejects with a fault that needs a person. Otherwise it goes on for ever. */
  readonly once?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

export interface AsanaAdapter {
  /** Each tenant has its own cursor, budget and faults: one that stands still holds up no other. */
  run(tenant: Tenant, options?: RunOptions): Promise<Delivered>
  quarantine(tenant: string): Promise<QuarantineEntry[]>
  /** Once no tenant runs any more. */
  close(): Promise<void>
}

/** The audit logs of any number of Asana's customers, into the product. Everything it holds, it holds in here. */
export function asanaAdapter(options: AdapterOptions): AsanaAdapter {
  const { stateFolder, ingestUrl, baseUrl, requestsPerMinute = 300, onFact } = options
  const http = httpClient()
  // Escaped, dots too: a tenant's name must not lead out of the folder.
  const folderOf = (tenant: string): string =>
    join(stateFolder, encodeURIComponent(tenant).replaceAll('.', '%2E'))
  return {
    async run({ name, workspace, token }, { once = false, signal } = {}) {
      const report = (fact: Fact): void => onFact?.(name, fact)
      const budget = requestBudget({ perMinute: requestsPerMinute })
      const source = asanaSource({ workspace, token, baseUrl, http, budget, once, onFact: report })
      return deliver({
        source,
        map: toMessage,
        sink: ingestSink(ingestUrl, name),
        lane: await tenantLane(folderOf(name), source.fingerprint),
        onFatal: once ? 'reject' : 'pause',
        signal,
        onFact: report,
      })
    },
    quarantine: (tenant) => quarantineOf(folderOf(tenant)),
    close: () => http.close(),
  }
}
