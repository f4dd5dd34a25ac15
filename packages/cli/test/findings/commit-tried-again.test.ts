import { type Claim, deliver, type Fact, fault, type Source } from '@asana-audit/core'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { readRules } from '@asana-audit/detections'
import type { AuditLogEvent } from '@asana-audit/schema'
import { expect, test } from 'vitest'
import { openLiveDetection } from '../../src/findings/live-detection.ts'
import type { Finding } from '../../src/progress/finding/finding.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const inFolder = temporaryFolder()

const read = readRules([
  {
    name: 'robot.yml',
    text: `
title: A new robot
logsource: { product: asana, service: audit }
detection: { selection: { event_type: service_account_created }, condition: selection }
level: high
`,
  },
])
if ('problems' in read) throw new Error(JSON.stringify(read.problems))
const { rules } = read

const robot: AuditLogEvent = {
  ...{ gid: '1', created_at: '2026-11-02T09:00:00.000Z', event_type: 'service_account_created' },
  ...{ event_category: 'apps', actor: { actor_type: 'user', gid: '501', email: 'ada@example.com' } },
  ...{ resource: { resource_type: 'user', gid: '501' }, context: {}, details: {} },
}

const source: Source<AuditLogEvent> = {
  async *read() {
    yield { events: [robot], malformed: [], cursor: 'after' }
  },
}

const busy = (): Error => fault({ fault: 'temporary', code: 'state_busy', message: 'Busy.' })

/** A state of which the first commit fails, or else the first that keeps what the rules found. */
async function deliveredWhile(failing: 'commit' | 'notes'): Promise<Record<'found' | 'sent', Finding[]>> {
  await using state = sqliteState({ path: inFolder(`${failing}.db`) })
  await using own = await state.claim('acme')
  const found: Finding[] = []
  const sent: Finding[] = []
  const facts: Fact[] = []
  let failures = 0
  const failOnce = (part: typeof failing): void => {
    if (part === failing && failures++ === 0) throw busy()
  }
  const detection = await openLiveDetection({
    ...{ pipeline: 'acme', settings: { rules, level: 'high' }, latenessMs: 0 },
    state: {
      notesOf: (pipeline) => state.notesOf(pipeline),
      async keepNotes(pipeline, notes) {
        failOnce('notes')
        await state.keepNotes(pipeline, notes)
      },
    },
    report: { warning: () => {}, found: (_, finding) => void found.push(finding), finding: async () => {} },
  })
  detection.begin(async (finding) => void sent.push(finding))
  const claim: Claim = {
    ...own,
    async lane(name, fingerprint) {
      const lane = await own.lane(name, fingerprint)
      return {
        ...lane,
        async commit(commit) {
          failOnce('commit')
          await lane.commit(commit)
        },
      }
    },
  }
  await deliver({
    ...{ source, sink: { write: async () => {} } },
    lane: await detection.watched(claim).lane('live', ''),
    map: detection.mapping((event) => event),
    clock: { now: Date.now, random: () => 0.5, sleep: async () => {} },
    onFact: (fact) => void facts.push(fact),
  })
  await detection.close()
  expect(facts).toContainEqual(expect.objectContaining({ type: 'retrying', part: 'state' }))
  return { found, sent }
}

test.each(['commit', 'notes'] as const)(
  'a finding is told once, also where the state was busy at the first try (%s)',
  async (failing) => {
    const { found, sent } = await deliveredWhile(failing)
    expect(found.map(({ gids }) => gids)).toEqual([['1']])
    expect(sent.map(({ gids }) => gids)).toEqual([['1']])
  },
)
