import type {
  Fact,
  HttpClient,
  HttpRequest,
  HttpResponse,
  LaneName,
  Sink,
} from '../../../packages/core/src/index.ts'
import type { AuditLogRecord } from '../../../packages/schema/src/index.ts'
import type { HistoryClock } from './clock.ts'
import type { HistoryPlan } from './plan.ts'

/** Watches how long events wait between the answer of Asana and their write, by the clock of the history. */
export interface DelayWatch {
  /** A request to Asana, which takes time. */
  asked(http: HttpClient, request: HttpRequest): Promise<HttpResponse>
  /** A write to the receiver, which takes time. */
  written(sink: Sink<AuditLogRecord>, records: readonly AuditLogRecord[], signal: AbortSignal): Promise<void>
  /** Work that takes no time and that others wait for. */
  inNoTime<T>(work: () => Promise<T>): Promise<T>
  heard(fact: Fact, lane: LaneName | undefined): void
  /** Events that waited longer than allowed without a reason. */
  readonly violations: readonly string[]
}

/** The default of `prefers.maxWaitMs`, which the sinks of the histories do not set. */
const mostMs = 1_000

/** Only for new events. Events of a window wait for their turn in the log. */
export function delayWatch({ destination, pageMs, writeMs }: HistoryPlan, clock: HistoryClock): DelayWatch {
  const readAt = new Map<string, number>()
  /** Ids in a write that is not accepted yet. If healing reads them again, they are not new. */
  const begun = new Set<string>()
  const violations: string[] = []
  /** Events of the last answer to a read. Answers to other requests do not count. */
  let answered: readonly string[] = []
  /** Until this time events had a reason to wait: an earlier write, a commit, a re-read, a fault. */
  let freeSince = clock.now()
  /** After a failed write, others wait until the next one is accepted. */
  let isTroubled = false

  function hindered(): void {
    freeSince = clock.now()
  }

  function started(records: readonly AuditLogRecord[]): void {
    for (const { attributes } of records) {
      const id = String(attributes['log.record.uid'])
      const since = Math.max(readAt.get(id) ?? Number.POSITIVE_INFINITY, freeSince)
      readAt.delete(id)
      begun.add(id)
      const waited = clock.now() - since
      if (waited > mostMs && !isTroubled)
        violations.push(`${id} waited ${waited} ms, and nothing kept it back`)
    }
  }

  return {
    violations,
    async asked(http, request) {
      await clock.sleep(pageMs, request.signal)
      const response = await clock.during(http.exchange(request))
      const hasEnd = new URL(request.url).searchParams.has('end_at')
      if (hasEnd) hindered()
      answered = hasEnd ? [] : idsIn(response)
      return response
    },
    async written(sink, records, signal) {
      started(records)
      try {
        await clock.sleep(writeMs, signal)
        const write = sink.write(records, signal)
        // The wait for acknowledgements is part of the time of the history.
        await (destination === 'hec with ack' ? write : clock.during(write))
        isTroubled = false
      } catch (error) {
        isTroubled = true
        throw error
      } finally {
        hindered()
      }
    },
    async inNoTime(work) {
      try {
        return await clock.during(work())
      } finally {
        hindered()
      }
    },
    heard({ type }, lane) {
      if (type === 'retrying' || type === 'paused' || type === 'resumed') hindered()
      if (type !== 'page_read' || lane === 'backlog') return
      for (const id of answered) if (!begun.has(id)) readAt.set(id, clock.now())
      answered = []
    },
  }
}

function idsIn({ status, body }: HttpResponse): string[] {
  if (status !== 200) return []
  try {
    const { data = [] } = JSON.parse(body.toString()) as { data?: { gid: string }[] }
    return data.map(({ gid }) => gid)
  } catch {
    return [] // The body of a planned fault is not JSON.
  }
}
