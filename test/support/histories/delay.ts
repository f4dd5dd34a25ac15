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

/** Watches how long events wait between the answer they were in and the write they are in, in the time of the history. */
export interface DelayWatch {
  /** Asks Asana, which takes its time. */
  asked(http: HttpClient, request: HttpRequest): Promise<HttpResponse>
  /** Writes to the receiver, which takes its time. */
  written(sink: Sink<AuditLogRecord>, records: readonly AuditLogRecord[], signal: AbortSignal): Promise<void>
  /** What takes no time, and others wait for. */
  inNoTime<T>(work: () => Promise<T>): Promise<T>
  heard(fact: Fact, lane: LaneName | undefined): void
  /** What waited longer than allowed though nothing kept it back. */
  readonly violations: readonly string[]
}

/** As `prefers.maxWaitMs` of the sinks here, which say nothing. */
const mostMs = 1_000

/** Of what is new: what lies in a window, with an end, waits for its turn in the log. */
export function delayWatch({ destination, pageMs, writeMs }: HistoryPlan, clock: HistoryClock): DelayWatch {
  const readAt = new Map<string, number>()
  /** Read again by healing while an earlier write of them is still tried, they are not new. */
  const begun = new Set<string>()
  const violations: string[] = []
  /** Of the last answer; those of a look at something else are no page that was read. */
  let answered: readonly string[] = []
  /** Until then something else kept events back: an earlier write, a commit, a reading again, a fault. */
  let freeSince = clock.now()
  /** From a write that failed to the next that is accepted, others wait for what is found out about it. */
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
        // Acknowledgements are waited for in the time of the history.
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
    return [] // One of the faults.
  }
}
