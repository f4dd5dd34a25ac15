import { fault } from '@asana-audit/core'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { createDetector, type Level, type Rule, readRules, shippedRules } from '@asana-audit/detections'
import type { AuditLogEvent } from '@asana-audit/schema'
import { expect, test } from 'vitest'
import { openLiveDetection } from '../../src/findings/live-detection.ts'
import type { Finding, SendFinding } from '../../src/progress/finding/finding.ts'
import { lastFindingsNote, readLastFindings } from '../../src/progress/finding/last-findings.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const inFolder = temporaryFolder()
const start = Date.parse('2026-11-02T09:00:00.000Z')
const minuteMs = 60_000

const read = readRules([
  {
    name: 'three.yml',
    text: `
title: A failed login
name: failed
logsource: { product: asana, service: audit }
detection: { selection: { event_type: user_login_failed }, condition: selection }
---
title: Three failed logins
correlation: { type: event_count, rules: [failed], group-by: [actor.gid], timespan: 10m, condition: { gte: 3 } }
level: high
---
title: A new robot
logsource: { product: asana, service: audit }
detection: { selection: { event_type: service_account_created }, condition: selection }
level: high
`,
  },
])
if ('problems' in read) throw new Error(JSON.stringify(read.problems))
const { rules } = read
const shipped: readonly Rule[] = await shippedRules()

const at = (gid: string, minutes: number, type = 'user_login_failed'): AuditLogEvent => ({
  ...{ gid, created_at: new Date(start + minutes * minuteMs).toISOString(), event_type: type },
  ...{ event_category: 'logins', actor: { actor_type: 'user', gid: '501', email: 'ada@example.com' } },
  ...{ resource: { resource_type: 'user', gid: '501' }, context: { client_ip_address: '192.0.2.7' } },
  details: {},
})

interface Process {
  /** As the receivers of alarms are told. */
  readonly found: Finding[]
  /** As the destination is sent. */
  readonly sent: Finding[]
  readonly said: string[]
  /** How many were reported as new. */
  counted(): number
  /** Maps and commits. */
  commit(events: readonly AuditLogEvent[], lane?: string): Promise<void>
}

/** One process after the other on the state of this path. With `crashes` the commit fails after the rules have run. */
async function inProcess(
  path: string,
  work: (process: Process) => Promise<void>,
  {
    isTaken = true,
    isSent = true,
    hasPlace = true,
    crashes = false,
    own: given = rules,
    level = 'high' as Level,
  } = {},
): Promise<Process> {
  await using state = sqliteState({ path })
  await using own = await state.claim('acme')
  let counted = 0
  const [found, sent, said]: [Finding[], Finding[], string[]] = [[], [], []]
  const detection = await openLiveDetection({
    ...{ pipeline: 'acme', settings: { rules: given, level }, latenessMs: 45 * minuteMs, state },
    report: {
      warning: (_, { code }) => void said.push(code),
      found() {
        counted += 1
      },
      async finding(_, finding) {
        found.push(finding)
        if (!isTaken) throw new Error('The run has ended.')
      },
    },
  })
  const claim = {
    ...own,
    lane: async (name: string, fingerprint: string) => {
      const lane = await own.lane(name, fingerprint)
      return crashes ? { ...lane, commit: async () => Promise.reject(new Error('killed')) } : lane
    },
  }
  const map = detection.mapping((event) => event)
  const send: SendFinding = async (finding) => {
    sent.push(finding)
    if (!isSent) throw fault({ fault: 'fatal', code: 'closed', message: 'Closed.', final: true })
  }
  detection.begin(hasPlace ? send : undefined)
  const process: Process = {
    ...{ found, sent, said },
    counted: () => counted,
    async commit(events, name = 'live') {
      const delivered = events.map(map).map(({ gid: id, created_at }) => ({ id, at: Date.parse(created_at) }))
      const lane = await detection.watched(claim).lane(name, 'f')
      await lane.commit({ cursor: 'c', delivered, quarantined: [] })
    },
  }
  await work(process)
  await new Promise(setImmediate)
  await detection.close()
  return process
}

test('an attack across a restart is found, and says what, who and from where', async () => {
  const path = inFolder('restart.db')
  const first = await inProcess(path, (process) => process.commit([at('1', 0), at('2', 1)]))
  expect(first.found).toEqual([])
  const { found, said } = await inProcess(path, (process) => process.commit([at('3', 2)]))
  expect(said).toEqual(['finding'])
  expect(found).toMatchObject([{ rule: { level: 'high' }, gids: ['1', '2', '3'] }])
  expect(found[0]?.message).toBe(
    'Three failed logins (high): by ada@example.com, from 192.0.2.7, actor.gid 501, at 2026-11-02T09:02:00.000Z. 3 events, the last 3.',
  )
})

test('a process that is killed before the commit tells its findings once, after the restart', async () => {
  const path = inFolder('killed.db')
  const events = [at('1', 0), at('2', 1), at('3', 2), at('4', 3, 'service_account_created')]
  const killed = await inProcess(
    path,
    (process) => expect(process.commit(events)).rejects.toThrow('killed'),
    { crashes: true },
  )
  expect(killed.found).toEqual([])
  const { found } = await inProcess(path, (process) => process.commit(events))
  expect(found.map(({ rule }) => rule.title)).toEqual(['Three failed logins', 'A new robot'])
})

test('of a commit with more findings than are kept otherwise, none is told twice', async () => {
  const path = inFolder('many.db')
  const robots = Array.from({ length: 1_200 }, (_, index) => at(`${index}`, index, 'service_account_created'))
  const first = await inProcess(path, (process) => process.commit(robots))
  expect(first.counted()).toBe(1_200)
  const again = await inProcess(path, (process) => process.commit(robots))
  expect(again.counted()).toBe(0)
})

test('a finding that no receiver took is told by the next run, and never again', async () => {
  const path = inFolder('untold.db')
  const robot = at('4', 3, 'service_account_created')
  const first = await inProcess(path, (process) => process.commit([robot]), { isTaken: false })
  const second = await inProcess(path, async () => {})
  expect(second.found).toEqual(first.found)
  expect(second.found).toHaveLength(1)
  const third = await inProcess(path, (process) => process.commit([robot]))
  expect(third.found).toEqual([])
})

test('a receiver of alarms that is down makes no finding come twice to the destination, nor the other way round', async () => {
  const robot = at('4', 3, 'service_account_created')
  for (const [name, state, again] of [
    ['alarm', { isTaken: false }, { found: 1, sent: 0 }],
    ['destination', { isSent: false }, { found: 0, sent: 1 }],
  ] as const) {
    const path = inFolder(`down-${name}.db`)
    const first = await inProcess(path, (process) => process.commit([robot]), state)
    expect([first.found.length, first.sent.length]).toEqual([1, 1])
    const second = await inProcess(path, async () => {})
    expect({ found: second.found.length, sent: second.sent.length }).toEqual(again)
    const third = await inProcess(path, async () => {})
    expect([third.found, third.sent]).toEqual([[], []])
    expect([first, second, third].map(({ counted }) => counted())).toEqual([1, 0, 0])
  }
})

test('where a destination has no place for findings, it is said, and they go to the log and the receivers of alarms', async () => {
  const path = inFolder('panther.db')
  const robot = at('4', 3, 'service_account_created')
  const { found, sent, said } = await inProcess(path, (process) => process.commit([robot]), {
    hasPlace: false,
  })
  expect([found.length, sent.length, said]).toEqual([1, 0, ['findings_not_written', 'finding']])
  const second = await inProcess(path, async () => {})
  expect([second.found, second.sent]).toEqual([[], []])
})

test('of a text without end, a finding has the beginning', async () => {
  const long = {
    ...at('4', 3, 'service_account_created'),
    actor: { actor_type: 'user', name: 'x'.repeat(1e6) },
  }
  const { found } = await inProcess(inFolder('long.db'), (process) => process.commit([long]))
  expect(JSON.stringify(found).length).toBeLessThan(2_000)
})

test('what is usual is kept over restarts, also over one that was killed before the commit', async () => {
  const path = inFolder('usual.db')
  const own = shipped.filter(({ file }) => file.includes('new_network'))
  const login = (gid: string, days: number, address: string): AuditLogEvent => ({
    ...at(gid, days * 24 * 60, 'user_login_succeeded'),
    context: { client_ip_address: address },
  })
  const options = { own, level: 'low' } as const
  await inProcess(path, (process) => process.commit([login('1', 0, '192.0.2.7')]), options)
  const stranger = [login('2', 20, '192.0.2.8'), login('3', 20, '198.51.100.7')]
  await inProcess(path, (process) => expect(process.commit(stranger)).rejects.toThrow('killed'), {
    ...options,
    crashes: true,
  })
  const { found } = await inProcess(path, (process) => process.commit(stranger), options)
  expect(found.map(({ gids, group }) => [gids, group])).toEqual([
    [['3'], { 'actor.gid': '501', 'new context.client_ip_address': '198.51.100.0/24' }],
  ])
  const later = await inProcess(path, (process) => process.commit([login('4', 21, '198.51.100.9')]), options)
  expect(later.found).toEqual([])
})

test('the events of a backlog are not judged', async () => {
  const { found } = await inProcess(inFolder('backlog.db'), (process) =>
    process.commit([at('4', 3, 'service_account_created')], 'backlog'),
  )
  expect(found).toEqual([])
})

test('a thousand findings wait at most, and it is said that the log alone has the others', async () => {
  const robots = Array.from({ length: 1_001 }, (_, index) =>
    at(`r${index}`, index, 'service_account_created'),
  )
  const path = inFolder('full.db')
  const { found, said } = await inProcess(path, (process) => process.commit(robots), {
    ...{ isTaken: false, hasPlace: false },
  })
  expect(found).toHaveLength(1_000)
  expect(said.filter((code) => code === 'finding')).toHaveLength(1_001)
  expect(said).toContain('findings_full')
})

test('a rule that throws stops no event, which is said once', async () => {
  const broken = rules.map((rule) =>
    rule.kind === 'event'
      ? {
          ...rule,
          matches() {
            throw new Error('no such field')
          },
        }
      : rule,
  )
  const { found, said } = await inProcess(
    inFolder('broken.db'),
    (process) => process.commit([at('1', 0), at('2', 1)]),
    { own: broken },
  )
  expect({ found, said }).toEqual({ found: [], said: ['rule_failed'] })
})

test('the state keeps the last ten findings over restarts, for the status page', async () => {
  const path = inFolder('last.db')
  const robots = (from: number) =>
    Array.from({ length: 7 }, (_, index) => at(`${from + index}`, from + index, 'service_account_created'))
  await inProcess(path, (process) => process.commit(robots(1)))
  await inProcess(path, (process) => process.commit([...robots(4), ...robots(8)]))
  await using state = sqliteState({ path })
  const last = readLastFindings((await state.notes(lastFindingsNote)).get('acme'))
  expect(last.map((one) => (one.at - start) / minuteMs)).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14])
  expect(last[0]).toMatchObject({ level: 'high', title: 'A new robot', who: 'ada@example.com' })
  expect(() => readLastFindings('[{}]')).toThrow('Put a copy of the state back.')
})

test('an event without an actor, as Panther gets it too, is a finding like others and keeps no position from being saved', async () => {
  const robot = at('1', 0, 'service_account_created')
  const strange = [
    { ...robot, actor: null },
    { ...robot, gid: '2', actor: undefined },
    { ...robot, gid: '3', actor: 'Ada' },
  ] as unknown as AuditLogEvent[]
  const { found, said } = await inProcess(inFolder('strange.db'), (process) => process.commit(strange))
  expect(found.map(({ gids }) => gids)).toEqual([['1'], ['2'], ['3']])
  expect(found[0]?.message).toContain('by an unknown actor')
  expect(said).toEqual(['finding', 'finding', 'finding'])
})

test('what rules have learned and somebody changed is a fault with the next step', async () => {
  const detector = createDetector({ rules: shipped })
  detector.add(at('1', 0, 'user_login_succeeded'))
  const [baseline] = detector.baselineChanges().keys()
  for (const note of ['windows', `baseline ${baseline}`]) {
    await using state = sqliteState({ path: inFolder(`${note}.db`) })
    await using _ = await state.claim('acme')
    await state.keepNotes('acme', new Map([[note, '[1']]))
    const opening = openLiveDetection({
      ...{ pipeline: 'acme', settings: { rules: shipped, level: 'high' }, latenessMs: 45 * minuteMs, state },
      report: { warning: () => {}, found: () => {}, finding: async () => {} },
    })
    await expect(opening, note).rejects.toMatchObject({ fault: 'fatal', code: 'corrupt_state' })
  }
})
