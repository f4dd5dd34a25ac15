import { type HttpClient, isFault } from '@asana-audit/core'
import type { Beginning } from '../../pipelines/run/start-warnings.ts'
import type { AskPage, KnownStore, StoreSaid } from './known-store.ts'
import { loki } from './loki.ts'
import { victoriaLogs } from './victorialogs.ts'

const knownStores: readonly KnownStore[] = [victoriaLogs, loki]

/**
 * Asks a store what it is and where its limits are, if its endpoint looks like that of one we know. Only its answers count: undefined if
 * they do not tell. The headers of the destination are not sent, because they are for the one URL.
 */
export async function askStore(
  endpoint: URL,
  http: HttpClient,
  beginning: Beginning,
): Promise<StoreSaid | undefined> {
  const store = knownStores.find((known) => endpoint.pathname.endsWith(known.endpoint))
  if (!store) return undefined
  const above = endpoint.pathname.slice(0, -store.endpoint.length)
  const page: AskPage = async (path) => {
    const url = new URL(endpoint)
    // Not resolved as a reference: a path with two slashes at its beginning would name another host.
    url.pathname = above + path
    try {
      const limits = { deadlineMs: 5_000, maxBytes: 1024 * 1024 }
      const { status, body } = await http.exchange({ method: 'GET', url, headers: {}, ...limits })
      return status === 200 ? body.toString('utf8') : undefined
    } catch (error) {
      // It takes logs, so it works. It only does not show its limits.
      if (isFault(error)) return undefined
      throw error
    }
  }
  return await store.says(page, beginning)
}
