import type { LentClient, PostgresPool } from '@asana-audit/core/postgres-state'
import { systemClock } from '@asana-audit/core/sink-kit'
import { Pool } from 'pg'
import { expect, onTestFinished } from 'vitest'
import { postgresOfFile, testWithPostgres as test } from '../../../../../test/support/postgres/suite.ts'
import { type ClaimSession, claimSession } from '../../../src/state/postgres/claim-session.ts'

const postgres = postgresOfFile()

async function openPool(): Promise<Pool> {
  const pool = new Pool({ connectionString: await postgres().createDatabase(), max: 4 })
  onTestFinished(() => pool.end())
  return pool
}

/** Closed with the test, before its pool ends. */
function sessionOf(...given: Parameters<typeof claimSession>): ClaimSession {
  const session = claimSession(...given)
  onTestFinished(() => session.close())
  return session
}

/** A clock whose waits for the next sign of life end when the test says so; no other wait ends. */
function beatingClock() {
  let beats = Promise.withResolvers<void>()
  const clock = {
    ...systemClock,
    sleep: (ms: number, signal?: AbortSignal) =>
      ms === 3_000 ? beats.promise : systemClock.sleep(3_600_000, signal),
  }
  return {
    clock,
    beat() {
      beats.resolve()
      beats = Promise.withResolvers()
    },
  }
}

test('a lock can be asked for at any moment in which the session has nothing left to hold', async () => {
  const pool = await openPool()
  const other = sessionOf(pool, systemClock)
  expect(await other.take(2)).toBe(true)
  for (let steps = 0; steps < 30; steps += 1) {
    const { clock, beat } = beatingClock()
    const session = sessionOf(pool, clock)
    expect(await session.take(1)).toBe(true)
    await session.release(1)
    // This opens the session again, which holds nothing.
    expect(await session.take(2)).toBe(false)
    beat()
    for (let step = 0; step < steps; step += 1) await Promise.resolve()
    expect(await session.take(1), `after ${steps} steps`).toBe(true)
    await session.close()
  }
})

/** Lends clients; the connection ends in the moment in which the next lock is given. */
function cutting(pool: Pool): PostgresPool & { cut(): void } {
  let isCutting = false
  return {
    cut() {
      isCutting = true
    },
    async connect() {
      const client = await pool.connect()
      const lent: LentClient = {
        async query(text, values) {
          const answer = await client.query(text, values)
          if (isCutting && text.includes('pg_try_advisory_lock')) {
            isCutting = false
            client.emit('error', new Error('terminating connection'))
          }
          return answer
        },
        release: (destroy) => client.release(destroy),
        on: (name, listener) => client.on(name, listener),
        off: (name, listener) => client.off(name, listener),
      }
      return lent
    },
  }
}

test('a lock is not taken for held if the connection ended in the moment in which it was given', async () => {
  const pool = cutting(await openPool())
  const session = sessionOf(pool, systemClock)
  pool.cut()
  await expect(session.take(1)).rejects.toMatchObject({ fault: 'temporary', code: 'state_unreachable' })
  // The server holds the lock until it notices the end of the connection.
  await expect.poll(() => session.take(1)).toBe(true)
})
