import { asanaCursorAt } from '../../../packages/core/src/backlog.ts'
import { type Batch, fault, isFault } from '../../../packages/core/src/index.ts'
import { hourMs } from '../../../packages/core/src/ledger.ts'
import type { AuditLogEvent } from '../../../packages/schema/src/index.ts'
import type { Bug } from './history.ts'

type Event = AuditLogEvent

/** Makes every second answer for such a window an empty page. */
function emptied(
  isAffected: (query: URLSearchParams, events: readonly unknown[]) => boolean,
): NonNullable<Bug['http']> {
  return (http) => {
    let answers = 0
    return {
      ...http,
      async exchange(request) {
        const response = await http.exchange(request)
        const query = new URL(request.url).searchParams
        if (response.status !== 200 || !query.has('end_at')) return response
        const page = JSON.parse(response.body.toString()) as { data: unknown[] }
        if (!isAffected(query, page.data)) return response
        answers += 1
        const data = answers % 2 === 0 ? page.data : []
        return { ...response, body: Buffer.from(JSON.stringify({ ...page, data })) }
      },
    }
  }
}

const windowOf = ({ cursor }: Batch<Event>): unknown => (JSON.parse(cursor) as { endAt?: unknown }).endAt

function secondAfter(cursor: string): string {
  const { startAt } = JSON.parse(cursor) as { startAt: string }
  return new Date(Date.parse(startAt) + 1_000).toISOString()
}

/** Bugs between lanes, and between the windows of a lane. */
export const laneBugs: Readonly<Record<string, Bug>> = {
  'a window is skipped': { http: emptied((query, { length }) => !query.has('offset') && length > 0) },
  'the last page of a window is dropped': {
    http: emptied((query, { length }) => query.has('offset') && length > 0 && length < 3),
  },
  'two windows are in the wrong order, and the cursor is ahead': {
    parts: (parts) => ({
      ...parts,
      source: {
        ...parts.source,
        async *read(cursor, signal) {
          let held: Batch<Event> | undefined
          for await (const batch of parts.source.read(cursor, signal)) {
            const isLater = held !== undefined && windowOf(held) !== windowOf(batch)
            if (isLater) yield batch
            if (held) yield { ...held, cursor: isLater ? batch.cursor : held.cursor }
            held = isLater ? undefined : batch
          }
          if (held) yield held
        },
      },
    }),
  },
  'a record rejected in one lane pauses the other': {
    sink: (sink) => {
      let refused: ReadonlySet<unknown> = new Set()
      return {
        ...sink,
        async write(records, signal) {
          const ids = records.map(({ attributes }) => attributes['log.record.uid'])
          const isOther = refused.size > 0 && !ids.some((id) => refused.has(id))
          refused = new Set()
          if (isOther)
            throw fault({ fault: 'fatal', code: 'set_up_refused', message: 'It belongs to another write.' })
          try {
            await sink.write(records, signal)
          } catch (error) {
            if (isFault(error) && error.fault === 'rejected') refused = new Set(ids)
            throw error
          }
        },
      }
    },
  },
  'live starts a second late': {
    claim: (claim) => ({
      ...claim,
      rewind: (lane, cursor, from) =>
        claim.rewind(lane, lane === 'live' ? asanaCursorAt(secondAfter(cursor)) : cursor, from),
    }),
  },
  'the border between the lanes is stored only with the first page of each': {
    claim: (claim) => {
      const due = new Map<string, { readonly cursor: string; readonly store: () => Promise<void> }>()
      return {
        ...claim,
        async rewind(lane, cursor, from) {
          due.set(lane, { cursor, store: () => claim.rewind(lane, cursor, from) })
        },
        async lane(name, fingerprint) {
          const lane = await claim.lane(name, fingerprint)
          return {
            ...lane,
            load: async () => due.get(name)?.cursor ?? (await lane.load()),
            async commit(commit) {
              await due.get(name)?.store()
              due.delete(name)
              await lane.commit(commit)
            },
          }
        },
      }
    },
  },
  'a lane forgets the ids of the other': {
    claim: (claim) => {
      const times = new Map<string, number>()
      return {
        ...claim,
        async lane(name, fingerprint) {
          const lane = await claim.lane(name, fingerprint)
          return {
            ...lane,
            async known(ids) {
              const horizon = Math.max(...times.values()) - hourMs
              return new Set([...(await lane.known(ids))].filter((id) => (times.get(id) ?? 0) >= horizon))
            },
            async commit(commit) {
              await lane.commit(commit)
              for (const { id, at } of commit.delivered) times.set(id, at)
            },
          }
        },
      }
    },
  },
}
