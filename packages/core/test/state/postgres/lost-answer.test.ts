import { deliver, type Fact } from '@asana-audit/core'
import { type LentClient, type PostgresPool, postgresState } from '@asana-audit/core/postgres-state'
import { Pool } from 'pg'
import { expect, onTestFinished } from 'vitest'
import { postgresOfFile, testWithPostgres as test } from '../../../../../test/support/postgres/suite.ts'
import { autoClock } from '../../support/auto-clock.ts'
import { destination, events, gids, sourceOf, type TestEvent } from '../../support/scripted-delivery.ts'

const postgres = postgresOfFile()

/** Lends clients whose next `commit` is made after `loseAnswer` was called, and whose answer does not come. */
function losing(pool: Pool): PostgresPool & { loseAnswer(): void } {
  let isLosing = false
  return {
    loseAnswer() {
      isLosing = true
    },
    async connect() {
      const client = await pool.connect()
      const lent: LentClient = {
        async query(text, values) {
          const answer = await client.query(text, values)
          if (!isLosing || text !== 'commit') return answer
          isLosing = false
          throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
        },
        release: (destroy) => client.release(destroy),
        on: (name, listener) => client.on(name, listener),
        off: (name, listener) => client.off(name, listener),
      }
      return lent
    },
  }
}

test('a commit that was made and whose answer was lost is not taken for one of another process', async () => {
  const pool = new Pool({ connectionString: await postgres().createDatabase(), max: 4 })
  onTestFinished(() => pool.end())
  const lossy = losing(pool)
  await using state = await postgresState({ pool: lossy })
  await using claim = await state.claim('main')
  const lane = await claim.lane('live', '')
  const facts: Fact[] = []
  const sink = destination(() => {
    lossy.loseAnswer()
    return undefined
  })
  const delivered = await deliver({
    ...{ source: sourceOf(events(30)), sink, lane, clock: autoClock() },
    map: ({ gid }: TestEvent) => gid,
    onFact: (fact) => void facts.push(fact),
  })
  expect(facts).toContainEqual(expect.objectContaining({ type: 'retrying', code: 'state_unreachable' }))
  expect(sink.accepted).toEqual(gids(events(30)))
  expect(delivered).toMatchObject({ delivered: 30, repeats: 0 })
  expect(await lane.load()).toBe('30')
  expect(await state.lanes()).toMatchObject([{ delivered: 30 }])
})
