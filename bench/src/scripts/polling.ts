// A script that one can write in an afternoon: it reads, gives each page to the stock SDK, and waits ten seconds if nothing is
// new. It keeps no state.

import { setTimeout as wait } from 'node:timers/promises'
import type { AuditLogEvent } from '@asana-audit/schema'
import { workspace } from '../asana/page-server.ts'
import { auditLogApi } from '../asana-sdk.ts'
import { stockPipeline } from '../stock-sdk.ts'
import type { Setup } from '../variant.ts'

const pollMs = 10_000

interface Page {
  readonly data: AuditLogEvent[]
  readonly offset: string | undefined
}

type Read = (offset: string | undefined) => Promise<Page>

const setup = JSON.parse(process.argv[2] ?? '{}') as Setup
const read: Read = setup.reader === 'asana SDK' ? readWithSdk(setup) : readWithFetch(setup)
const pipeline = stockPipeline(setup)

let offset: string | undefined
for (;;) {
  const page = await read(offset)
  offset = page.offset ?? offset
  if (page.data.length === 0) {
    await wait(pollMs)
    continue
  }
  pipeline.emit(page.data)
  if (setup.flush) await pipeline.flush()
}

function readWithFetch({ asanaUrl, token }: Setup): Read {
  return async (from) => {
    const url = new URL(`${asanaUrl}/workspaces/${workspace}/audit_log_events`)
    if (from !== undefined) url.searchParams.set('offset', from)
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
    if (!response.ok) throw new Error(`Asana answered ${response.status}.`)
    const page = (await response.json()) as { data: AuditLogEvent[]; next_page: { offset: string } | null }
    return { data: page.data, offset: page.next_page?.offset }
  }
}

function readWithSdk(from: Setup): Read {
  const api = auditLogApi(from)
  return async (offset) => {
    const page = await api.getAuditLogEvents(workspace, offset === undefined ? {} : { offset })
    const { data, _response } = page as { data: AuditLogEvent[]; _response: { next_page: Page | null } }
    return { data, offset: _response.next_page?.offset }
  }
}
