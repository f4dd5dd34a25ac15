import { type DurableState, isFault } from '@asana-audit/core'
import { systemClock } from '@asana-audit/core/sink-kit'
import type { ListenSettings } from '../config/monitoring/listen.ts'
import type { MetricsText } from '../metrics/metrics-text.ts'
import { type LastFinding, lastFindingsNote, readLastFindings } from '../progress/finding/last-findings.ts'
import type { Observer } from '../progress/reporters/observer.ts'
import { type Answer, plain } from './answer.ts'
import { cached } from './cached.ts'
import { cachedPages, wantedBy } from './cached-pages.ts'
import { liveStatus } from './live-status.ts'
import { readiness } from './readiness.ts'
import { recentHours } from './recent-hours.ts'
import { type Route, startServer } from './server.ts'
import { type AlarmState, statusAt } from './status.ts'

const statusEveryMs = 1_000
/** Counting a large quarantine takes longer than all else. */
const quarantineEveryMs = 10_000

/** Serves health, status and metrics of a run. Without `alarms` none are shown. Rejects with `cannot_listen`. */
export async function openListen(
  settings: ListenSettings,
  state: DurableState,
  metrics: MetricsText,
  alarms: () => readonly AlarmState[] = () => [],
): Promise<Observer> {
  const { now } = systemClock
  const startedAt = now()
  const live = liveStatus(now)
  const quarantine = cached(quarantineEveryMs, () => state.quarantineCounts())
  const status = cached(statusEveryMs, async () =>
    statusAt(now(), { live, state, quarantine, alarms, findings: () => lastFindings(state), startedAt }),
  )
  const json = cached(statusEveryMs, async () => Buffer.from(`${JSON.stringify(await status())}\n`))
  const ready = readiness(live, state)
  const page = cachedPages({ status, hours: recentHours(state, now), statePath: () => live.statePath })
  const routes = new Map<string, Route>([
    ['/', { answer: (_, query) => page(wantedBy(query)) }],
    ['/livez', { isForProbes: true, answer: () => plain(200, 'ok') }],
    ['/readyz', { isForProbes: true, answer: () => ready() }],
    ['/status.json', { answer: async () => ({ status: 200, type: 'application/json', body: await json() }) }],
    ['/metrics', { answer: (request) => scraped(metrics, request.headers.accept) }],
  ])
  const server = await startServer(settings, routes)
  return Object.assign(live, { statusPage: server.url, close: server.close })
}

async function lastFindings(state: DurableState): Promise<ReadonlyMap<string, readonly LastFinding[]>> {
  const notes = await state.notes(lastFindingsNote)
  return new Map([...notes].map(([pipeline, note]) => [pipeline, readable(note)]))
}

/** Returns nothing for a damaged note. If the pipeline has rules, it has ended with that fault, which the page shows. The page must show the others, too. */
function readable(note: string): readonly LastFinding[] {
  try {
    return readLastFindings(note)
  } catch (error) {
    if (isFault(error)) return []
    throw error
  }
}

async function scraped(metrics: MetricsText, accept: string | undefined): Promise<Answer> {
  const { contentType: type, body } = await metrics(accept)
  return { status: 200, type, body, headers: { Vary: 'Accept' } }
}
