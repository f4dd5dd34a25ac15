import { type Batch, isFault } from '../../../packages/core/src/index.ts'
import type { AuditLogEvent } from '../../../packages/schema/src/index.ts'
import type { Parts } from './form.ts'
import type { Bug } from './history.ts'

type Source = Parts['source']

/** The cursor without what it remembers of the pages before it. */
function withoutTrail(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined
  const { mark: _, still: __, largest: ___, ...at } = JSON.parse(cursor) as Record<string, unknown>
  return JSON.stringify(at)
}

/** The source; after a fault with one of these codes, the batches of `follow` come instead. */
function meeting(
  codes: readonly string[],
  follow: (
    source: Source,
    cursor: string | undefined,
    signal: AbortSignal | undefined,
  ) => ReturnType<Source['read']>,
): NonNullable<Bug['parts']> {
  return (parts) => ({
    ...parts,
    source: {
      ...parts.source,
      async *read(from, signal): AsyncGenerator<Batch<AuditLogEvent>> {
        let cursor = from
        try {
          for await (const batch of parts.source.read(from, signal)) {
            cursor = batch.cursor
            yield batch
          }
        } catch (error) {
          if (!isFault(error) || !codes.includes(error.code)) throw error
          yield* follow(parts.source, cursor, signal)
        }
      },
    },
  })
}

/** Bugs with the queries and offsets of requests, of an odd server or of ours. */
export const headwayBugs: Readonly<Record<string, Bug>> = {
  'a page that came before is delivered again': {
    showsIn: ({ form, oddity }) =>
      form !== 'two lanes' && (oddity === 'no-query' || oddity === 'same-offset'),
    parts: meeting(['no_headway'], async function* (source, cursor, signal) {
      for (;;) {
        try {
          for await (const batch of source.read(withoutTrail(cursor), signal)) {
            cursor = batch.cursor
            yield batch
          }
          return
        } catch (error) {
          if (!isFault(error) || error.code !== 'no_headway') throw error
        }
      }
    }),
  },
  'reading ends if the server ignores the query': {
    showsIn: ({ form, oddity }) => form !== 'two lanes' && (oddity === 'no-query' || oddity === 'no-times'),
    parts: meeting(['filters_ignored'], async function* () {}),
  },
  'the other events of one moment are skipped without an offset': {
    showsIn: ({ form, oddity }) => form !== 'two lanes' && oddity === 'no-offset',
    parts: meeting(['page_without_offset'], async function* () {}),
  },
  'a position forgets the pages before it': {
    showsIn: ({ oddity }) => oddity === 'same-offset' || oddity === 'no-offset',
    claim: (claim) => ({
      ...claim,
      async lane(name, fingerprint) {
        const lane = await claim.lane(name, fingerprint)
        return { ...lane, load: async () => withoutTrail(await lane.load()) }
      },
    }),
    parts: (parts) => ({
      ...parts,
      source: { ...parts.source, read: (cursor, signal) => parts.source.read(withoutTrail(cursor), signal) },
    }),
  },
  'reading continues by time after the last moment': {
    showsIn: ({ oddity }) => oddity === 'no-offset',
    http: (http) => ({
      ...http,
      exchange(request) {
        const url = new URL(request.url)
        const from = url.searchParams.get('start_at')
        if (from === null || url.searchParams.has('offset')) return http.exchange(request)
        url.searchParams.set('start_at', new Date(Date.parse(from) + 1).toISOString())
        return http.exchange({ ...request, url })
      },
    }),
  },
  'an offset is sent with another start': {
    http: (http) => ({
      ...http,
      exchange(request) {
        const url = new URL(request.url)
        const from = url.searchParams.get('start_at')
        if (from === null || !url.searchParams.has('offset')) return http.exchange(request)
        url.searchParams.set('start_at', new Date(Date.parse(from) + 1_000).toISOString())
        return http.exchange({ ...request, url })
      },
    }),
  },
  'the re-read for late events starts half an hour too late': {
    showsIn: ({ form, lateEvents }) => form !== 'windows' && lateEvents === 'visible',
    http: (http) => ({
      ...http,
      exchange(request) {
        const url = new URL(request.url)
        const [from, to] = ['start_at', 'end_at'].map((name) => url.searchParams.get(name))
        if (!from || !to || url.searchParams.has('offset')) return http.exchange(request)
        const late = Math.min(Date.parse(from) + 30 * 60_000, Date.parse(to) - 1)
        url.searchParams.set('start_at', new Date(late).toISOString())
        return http.exchange({ ...request, url })
      },
    }),
  },
}
