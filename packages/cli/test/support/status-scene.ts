import { type Fact, fault, type QuarantineEntry } from '@asana-audit/core'
import { asanaBackfillCursor, asanaCursorAt } from '@asana-audit/core/backlog'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { openListen } from '../../src/listen/listen-observer.ts'
import type { AlarmState } from '../../src/listen/status.ts'
import { metricsText } from '../../src/metrics/metrics-text.ts'
import { newRegistry } from '../../src/metrics/registry.ts'
import { type LastFinding, lastFindingsNote } from '../../src/progress/finding/last-findings.ts'
import type { Observer } from '../../src/progress/reporters/observer.ts'

const hour = 3_600_000
const settings = {
  ...{
    host: '127.0.0.1',
    port: 0,
    setting: '--listen',
    isLoopback: true,
    hosts: [],
    token: undefined,
    tokenFile: undefined,
  },
}

export const hostileNames = [
  '</script><script>document.title = "owned"</script>',
  '"><img src="http://192.0.2.1/x" onerror="document.title = 1">',
  '\u202e\u001b[2J <b>bold</b>',
  'w'.repeat(300),
]

const silent = 'No event for 2 h, where 40 would have come. <b>Look</b> whether people work.'
export const revokedToken = 'Asana refuses the token. Make a new one, and put it into the token file.'

const raised: AlarmState[] = [
  ...(['drop_off', 'quarantine', 'retention'] as const).map((kind, index) => ({
    ...{ pipeline: 'down', kind, since: Date.now() - 7_200_000, message: silent },
    state: (['ALARM', 'OK', 'INSUFFICIENT_DATA'] as const)[index] ?? 'OK',
  })),
]

/** Of a rule and of people who choose their names. */
const lastFindings: readonly LastFinding[] = [...hostileNames, 'ada@example.com'].map((who, index) => ({
  ...{ id: `${index}`, at: Date.now() - 60_000, level: 'high', who },
  title: index === 0 ? '<img src="http://192.0.2.1/y">' : 'A service account was made',
}))

const ago = (ms: number): string => new Date(Date.now() - ms).toISOString()

const page = (events: number): Fact => ({
  ...{ type: 'page_read', events, malformed: 0, bytes: 900, ms: 12, newestAt: undefined },
})

const rejected = (id: string): QuarantineEntry => ({
  ...{ kind: 'rejected', id, code: 'bad_data', reason: 'The field is too long.' },
  event: { gid: id, created_at: ago(hour) },
})

/** Some events of the last seven days, most of them by day. */
const week = (seed: number): { id: string; at: number }[] =>
  Array.from({ length: 168 }, (_, hours) =>
    Array.from({ length: ((hours * 7 + seed) % 24) % 9 }, (_, number) => ({
      ...{ id: `${seed}-${hours}-${number}`, at: Date.now() - hours * hour },
    })),
  ).flat()

export interface Scene extends AsyncDisposable {
  readonly url: string
  readonly observer: Observer
  /** Tells of a fact in the lane `live`. */
  tell(pipeline: string, fact: Fact): void
}

/** Everything that can happen to a pipeline, one pipeline each, in a real state and behind a real server. */
export async function statusScene(path: string, more: readonly string[] = []): Promise<Scene> {
  const state = sqliteState({ path })
  const observer = await openListen(settings, state, metricsText(newRegistry()), () => raised)
  const named = ['acme', 'paused', 'down', 'behind', 'ended', 'new']
  const names = [...named, ...hostileNames, ...more]
  const tell = (pipeline: string, fact: Fact, lane = 'live'): void => observer.fact({ pipeline, lane }, fact)
  observer.started(
    names.map((pipeline) => ({ pipeline, lane: 'live' })),
    path,
  )
  await state.keepNotes('acme', new Map([[lastFindingsNote, JSON.stringify(lastFindings)]]))
  for (const [index, pipeline] of names.entries()) {
    if (pipeline === 'new') continue
    const claim = await state.claim(pipeline)
    const quarantined = pipeline === 'paused' ? [rejected('1'), rejected('2')] : []
    const delivered = more.includes(pipeline) ? [] : week(index)
    await (await claim.lane('live', 'f')).commit({ cursor: asanaCursorAt(ago(0)), delivered, quarantined })
    tell(pipeline, page(0))
    if (pipeline !== 'behind') continue
    const cursor = asanaBackfillCursor(ago(80 * 24 * hour), ago(hour))
    await (await claim.lane('backlog', 'f')).commit({ cursor, delivered: [], quarantined: [] })
    const covered = { from: ago(89 * 24 * hour), until: ago(hour), upTo: ago(60 * 24 * hour) }
    tell(pipeline, page(100), 'backlog')
    tell(pipeline, { type: 'covered', ...covered, limitedBy: 'quota' }, 'backlog')
  }
  tell('acme', { type: 'write_accepted', records: 3, ms: 9, delaysMs: [800, 1_200, 9_000] })
  const wrong = { part: 'source', code: 'wrong_token', message: revokedToken } as const
  tell('paused', { type: 'paused', ...wrong, waitMs: 300_000 })
  const refused = {
    part: 'sink',
    code: 'ECONNREFUSED',
    message: 'collector.example.com:4318 refuses the connection.',
  } as const
  tell('down', { type: 'retrying', ...refused, failures: 7, waitMs: 42_000 })
  observer.failed(
    fault({ fault: 'fatal', code: 'filters_changed', message: 'The filters have changed.' }),
    'ended',
  )
  observer.claimed?.()
  return {
    ...{ url: observer.statusPage ?? '', observer, tell },
    async [Symbol.asyncDispose]() {
      await observer.close()
      await state.close()
    },
  }
}
