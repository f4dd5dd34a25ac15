import { type AsanaSourceOptions, type AuditLogPage, getAuditLogEvents } from '@asana-audit/core'
import { asanaNow } from '@asana-audit/core/backlog'
import { askedOf } from '@asana-audit/core/config'
import { retry } from '@asana-audit/core/sink-kit'

/** The answers that estimates are made from. */
export interface Samples {
  /** Asana's clock, in milliseconds since 1970. */
  now(asana: AsanaSourceOptions): Promise<number>
  /** The first page from `from` on, and how long Asana took. Both times are in milliseconds since 1970. */
  page(asana: AsanaSourceOptions, from: number, until: number): Promise<SamplePage>
}

export interface SamplePage extends AuditLogPage {
  readonly ms: number
}

/**
 * Samples for pipelines that read the same workspace with the same token: a request that several need is made once. It is tried again for
 * `giveUpAfterMs`. If it fails then, it fails for all of them.
 */
export function sharedSamples(giveUpAfterMs: number): Samples {
  let moment: Promise<number> | undefined
  const pages = new Map<string, Promise<SamplePage>>()
  return {
    // All pipelines get the same time. Otherwise no two of them would need the same page.
    now(asana) {
      moment ??= asanaNow(asana, { giveUpAfterMs })
      return moment
    },
    page(asana, from, until) {
      const { workspace, token, baseUrl, http, budget, deadlineMs, maxResponseBytes, limit } = asana
      const asked = {
        ...askedOf(asana.filters),
        limit,
        maxResponseBytes,
        startAt: new Date(from).toISOString(),
        endAt: new Date(until).toISOString(),
      }
      const key = JSON.stringify(asked)
      const page =
        pages.get(key) ??
        timed(() => getAuditLogEvents({ workspace, token, baseUrl, http, budget, deadlineMs, ...asked }))
      pages.set(key, page)
      return page
    },
  }

  async function timed(request: () => Promise<AuditLogPage>): Promise<SamplePage> {
    const begun = performance.now()
    const page = await retry(request, { part: 'source', giveUpAfterMs })
    return { ...page, ms: performance.now() - begun }
  }
}
