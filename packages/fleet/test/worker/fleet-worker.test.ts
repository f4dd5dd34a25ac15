import { type Fact, fault } from '@asana-audit/core'
import { expect } from 'vitest'
import { testWithPostgres as test } from '../../../../test/support/postgres/suite.ts'
import { fleetWorker } from '../../src/index.ts'
import { pauseTenant, removeTenant, resumeTenant } from '../../src/tenants/tenants.ts'
import { fleetDatabases } from '../support/fleet-database.ts'
import { customersOf } from '../support/tenants.ts'

const { emptyDatabase, fleetDatabase } = fleetDatabases()

const sorted = (ids: Iterable<string> = []): string[] => [...ids].toSorted()

test('two workers deliver every event of every tenant once, new events and backlogs', async () => {
  const pool = await fleetDatabase()
  const customers = customersOf(pool)
  for (const [name, events] of Object.entries({ a: 30, b: 0, c: 15, d: 200, e: 150 }))
    await customers.add(name, { events, seed: events })
  const stops = [customers.work({ name: 'one' }), customers.work({ name: 'two' })]
  const all = [...customers.simulators]
  for (const [name, simulator] of all)
    await expect
      .poll(() => sorted(new Set(customers.arrived.get(name))))
      .toEqual(sorted(simulator.events.map(({ gid }) => gid)))
  const large = customers.simulators.get('d')
  const created_at = new Date().toISOString()
  large?.add(['new 1', 'new 2', 'new 3'].map((gid) => ({ ...large.events[0], gid, created_at })))
  await expect.poll(() => customers.arrived.get('d')?.length).toBe(203)
  for (const stop of stops) await stop()

  for (const [name, simulator] of all)
    expect(sorted(customers.arrived.get(name))).toEqual(sorted(simulator.events.map(({ gid }) => gid)))
  const { rows: lanes } = await pool.query(
    `select p.name as tenant, l.name as lane, l.delivered::int from asana_audit.lane l
     join asana_audit.pipeline p on p.id = l.pipeline_id where l.delivered > 0 order by 1, 2`,
  )
  expect(lanes).toEqual([
    { tenant: 'a', lane: 'live', delivered: 30 },
    { tenant: 'c', lane: 'live', delivered: 15 },
    { tenant: 'd', lane: 'backlog', delivered: 200 },
    { tenant: 'd', lane: 'live', delivered: 3 },
    { tenant: 'e', lane: 'backlog', delivered: 150 },
  ])
  const { rows: ledger } = await pool.query('select sum(count)::int as events from asana_audit.ledger')
  expect(ledger).toEqual([{ events: 398 }])
  const { rows: planned } = await pool.query(
    `select singleton_key, state::text from asana_audit_boss.job where name = 'tail'`,
  )
  expect(planned).toHaveLength(5)
  expect(planned.every(({ state }) => state === 'created')).toBe(true)
  expect((await pool.query('select * from asana_audit.worker')).rows).toEqual([])
})

test('a backlog is read in turns that are cut after a few pages', async () => {
  const customers = customersOf(await fleetDatabase())
  await customers.add('acme', { events: 200 })
  customers.work({ slicePages: 2 })
  await expect.poll(() => customers.arrived.get('acme')?.length).toBe(200)
  const cuts = customers.turns.filter(({ lane, end }) => lane === 'backlog' && end.outcome === 'cut')
  expect(cuts.length).toBeGreaterThanOrEqual(8)
})

test('a fault that needs a person pauses its tenant alone, with its sentence, and a person starts it again', async () => {
  const pool = await fleetDatabase()
  const customers = customersOf(pool)
  await customers.add('good', { events: 12 })
  await customers.add('bad', { events: 12 })
  let isMended = false
  customers.beforeWrite = (tenant) => {
    if (tenant === 'bad' && !isMended)
      throw fault({ fault: 'fatal', code: 'forbidden', message: 'The destination refuses the token.' })
  }
  customers.work()
  await expect
    .poll(async () => (await pool.query('select * from asana_audit.fleet_paused')).rows)
    .toMatchObject([{ tenant: 'bad', code: 'forbidden', message: 'The destination refuses the token.' }])
  await expect.poll(() => customers.arrived.get('good')?.length).toBe(12)
  const { rows } = await pool.query(
    `select round(extract(epoch from next_try - paused_at))::int as seconds from asana_audit.tenant where state = 'paused'`,
  )
  expect(rows).toEqual([{ seconds: 300 }])
  expect(customers.arrived.get('bad')).toEqual([])

  isMended = true
  await resumeTenant(pool, 'bad')
  await expect.poll(() => customers.arrived.get('bad')?.length).toBe(12)
  expect((await pool.query('select * from asana_audit.fleet_paused')).rows).toEqual([])
})

test('a turn that is another attempt by now cannot commit: its events come again, with the same ids', async () => {
  const pool = await fleetDatabase()
  const customers = customersOf(pool)
  const simulator = await customers.add('acme', { events: 5 })
  let writes = 0
  customers.beforeWrite = async () => {
    writes += 1
    // As if pg-boss had given the turn to another worker, which is over by now.
    if (writes === 1) await pool.query('update asana_audit_boss.job set retry_count = retry_count + 1')
  }
  customers.work()
  await expect
    .poll(() => customers.turns.map(({ end }) => end))
    .toContainEqual({ outcome: 'superseded', why: 'attempt' })
  expect((await pool.query('select * from asana_audit.lane where delivered > 0')).rows).toEqual([])
  await pool.query(`update asana_audit_boss.job set state = 'retry' where state = 'active'`)
  await expect.poll(() => customers.arrived.get('acme')?.length).toBe(10)
  expect(sorted(new Set(customers.arrived.get('acme')))).toEqual(
    sorted(simulator.events.map(({ gid }) => gid)),
  )
})

test('nothing is committed for a tenant after it is removed, and no turn begins', async () => {
  const pool = await fleetDatabase()
  const customers = customersOf(pool)
  await customers.add('acme', { events: 5 })
  customers.beforeWrite = async () => void (await removeTenant(pool, 'acme'))
  customers.work()
  await expect
    .poll(() => customers.turns.map(({ end }) => end))
    .toContainEqual({ outcome: 'superseded', why: 'removed' })
  expect((await pool.query('select * from asana_audit.lane where delivered > 0')).rows).toEqual([])
  expect((await pool.query('select * from asana_audit_boss.job')).rows).toEqual([])
})

test('a tenant that a person pauses ends its turn after the commit under way, and goes on when it is resumed', async () => {
  const pool = await fleetDatabase()
  const customers = customersOf(pool)
  await customers.add('acme', { events: 30 })
  let writes = 0
  customers.beforeWrite = async () => {
    writes += 1
    if (writes === 1) await pauseTenant(pool, 'acme')
  }
  customers.work()
  await expect
    .poll(async () => (await pool.query(`select * from asana_audit_boss.job where state <= 'active'`)).rows)
    .toEqual([])
  await expect.poll(() => customers.turns.length).toBeGreaterThan(0)
  const committed = customers.arrived.get('acme')?.length ?? 0
  expect(committed).toBeGreaterThan(0)
  expect(committed).toBeLessThan(30)
  const { rows } = await pool.query('select sum(delivered)::int as delivered from asana_audit.lane')
  expect(rows).toEqual([{ delivered: committed }])
  await resumeTenant(pool, 'acme')
  await expect.poll(() => customers.arrived.get('acme')?.length).toBe(30)
})

test('a stop lets the write under way finish, saves it, and hands the tenant to the next worker', async () => {
  const pool = await fleetDatabase()
  const customers = customersOf(pool)
  await customers.add('acme', { events: 30 }, 3_600)
  const writing = Promise.withResolvers<void>()
  const answered = Promise.withResolvers<void>()
  customers.beforeWrite = async () => {
    writing.resolve()
    await answered.promise
  }
  const stop = customers.work()
  await writing.promise
  const stopped = stop()
  answered.resolve()
  await stopped
  expect(customers.turns.map(({ end }) => end)).toEqual([{ outcome: 'handed_back' }])
  const delivered = customers.arrived.get('acme')?.length ?? 0
  const { rows } = await pool.query('select sum(delivered)::int as delivered from asana_audit.lane')
  expect(rows).toEqual([{ delivered }])
  customers.work()
  await expect.poll(() => customers.arrived.get('acme')?.length).toBe(30)
})

test('tenants whose destination is down leave half of the slots to the others', async () => {
  const customers = customersOf(await fleetDatabase())
  for (const name of ['down 1', 'down 2', 'down 3']) await customers.add(name, { events: 5 })
  let failures = 0
  customers.beforeWrite = (tenant) => {
    if (!tenant.startsWith('down')) return
    failures += 1
    throw fault({ fault: 'temporary', code: 'down', message: 'The destination is down.' })
  }
  customers.work({ tailSlots: 2 })
  await expect.poll(() => failures).toBeGreaterThan(2)
  await customers.add('up', { events: 5 })
  await expect.poll(() => customers.arrived.get('up')?.length).toBe(5)
  expect(customers.turns.map(({ end }) => end.outcome)).toContain('failing')
})

test('a database that can only be read is told with the next step, and the worker goes on when it can be written', async () => {
  const pool = await fleetDatabase()
  const customers = customersOf(pool)
  await customers.add('acme', { events: 5 })
  const setting = async (value: 'on' | 'off'): Promise<void> => {
    const client = await pool.connect()
    try {
      const { rows } = await client.query<{ name: string }>('select current_database() as name')
      await client.query('set default_transaction_read_only = off')
      await client.query(`alter database "${rows[0]?.name}" set default_transaction_read_only = ${value}`)
      // Connections keep the setting that they began with.
      await client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid()`,
      )
    } finally {
      client.release(true)
    }
  }
  const told: Fact[] = []
  customers.work({ onDatabase: (fact) => told.push(fact) })
  await expect.poll(() => customers.arrived.get('acme')?.length).toBe(5)
  await setting('on')
  await expect
    .poll(() => told)
    .toContainEqual(
      expect.objectContaining({
        ...{ type: 'retrying', code: 'state_read_only' },
        message: expect.stringContaining('Give the address of the primary'),
      }),
    )
  await setting('off')
  await customers.add('beta', { events: 5 })
  await expect.poll(() => customers.arrived.get('beta')?.length).toBe(5)
})

test('a database without the tables of a fleet, and options that cannot be used, are refused with a sentence', async () => {
  const pool = await emptyDatabase()
  const { signal } = new AbortController()
  const open = (): never => {
    throw new Error('No tenant is opened.')
  }
  await expect(fleetWorker({ pool, open, signal })).rejects.toMatchObject({ code: 'not_migrated' })
  await expect(fleetWorker({ pool, open, signal, tailSlots: 0 })).rejects.toMatchObject({
    ...{ code: 'bad_option', message: 'The option tailSlots must be a number from 1 on.' },
  })
  await expect(fleetWorker({ pool, open, signal, ...{ slots: 3 } })).rejects.toMatchObject({
    code: 'unknown_option',
  })
})
