import { expect } from 'vitest'
import { testWithPostgres as test } from '../../../../test/support/postgres/suite.ts'
import { importTenants } from '../../src/tenants/import-tenants.ts'
import {
  addTenant,
  findTenant,
  getTenant,
  listTenants,
  pauseTenant,
  removeTenant,
  resumeTenant,
} from '../../src/tenants/tenants.ts'
import { fleetDatabases, withClient } from '../support/fleet-database.ts'

const { fleetDatabase } = fleetDatabases()
const acme = { name: 'acme', workspace: '1', tokenRef: 'env:ACME', destination: 'siem', pollSeconds: 30 }
const header = 'name,workspace,token_ref,destination,poll_seconds'

test('a tenant is added, paused with a reason, resumed, removed, and added again where it was', async () => {
  const pool = await fleetDatabase()
  await withClient(pool, async (client) => {
    const added = await addTenant(client, acme)
    expect(added).toEqual({ ...acme, pipelineId: expect.any(Number), state: 'active' })
    const paused = await pauseTenant(client, 'acme', 'contract ended')
    expect(paused).toMatchObject({
      state: 'paused',
      paused: { code: 'by_person', message: expect.stringContaining('contract ended'), nextTry: undefined },
    })
    expect(await resumeTenant(client, 'acme')).toEqual(added)
    expect(await removeTenant(client, 'acme')).toMatchObject({ state: 'removed' })
    expect(await listTenants(client)).toEqual([])
    expect(await listTenants(client, { state: 'removed' })).toHaveLength(1)
    expect(await addTenant(client, { ...acme, destination: 'other' })).toEqual({
      ...added,
      destination: 'other',
    })
  })
})

test('a name that is taken, an unknown name and a moved workspace are refused with the next step', async () => {
  const pool = await fleetDatabase()
  await withClient(pool, async (client) => {
    await addTenant(client, acme)
    await expect(addTenant(client, acme)).rejects.toMatchObject({ code: 'known_tenant' })
    await expect(addTenant(client, { ...acme, name: '' })).rejects.toMatchObject({ code: 'wrong_tenant' })
    for (const change of [pauseTenant, resumeTenant, removeTenant, getTenant]) {
      await expect(change(client, 'beta')).rejects.toMatchObject({
        code: 'unknown_tenant',
        message: expect.stringContaining('fleet tenant list'),
      })
    }
    await removeTenant(client, 'acme')
    await expect(addTenant(client, { ...acme, workspace: '2' })).rejects.toMatchObject({
      message: expect.stringContaining('the workspace 1'),
    })
  })
})

test('a pipeline that the state knows already becomes a tenant with its position', async () => {
  const pool = await fleetDatabase()
  const { rows } = await pool.query<{ id: number }>(
    `insert into asana_audit.pipeline (name) values ('acme') returning id`,
  )
  const added = await withClient(pool, (client) => addTenant(client, acme))
  expect(added.pipelineId).toBe(rows[0]?.id)
})

test('an import adds, changes, brings back and leaves alone, and says how many', async () => {
  const pool = await fleetDatabase()
  await withClient(pool, async (client) => {
    const first = `${header}\nacme,1,env:ACME,siem,30\nbeta,2,env:BETA,siem,\ngamma,3,env:C,siem,\n`
    expect(await importTenants(client, first)).toEqual({ written: { added: 3, changed: 0, unchanged: 0 } })
    await removeTenant(client, 'gamma')
    const second = `${header}\nacme,1,env:ACME_2,siem,30\nbeta,2,env:BETA,siem,60\ngamma,3,env:C,siem,\ndelta,4,env:D,siem,\n`
    expect(await importTenants(client, second)).toEqual({ written: { added: 1, changed: 2, unchanged: 1 } })
    expect((await listTenants(client)).map(({ name, tokenRef }) => [name, tokenRef])).toEqual([
      ['acme', 'env:ACME_2'],
      ['beta', 'env:BETA'],
      ['delta', 'env:D'],
      ['gamma', 'env:C'],
    ])
  })
})

test('an import with one wrong line imports nothing and tells all that is wrong', async () => {
  const pool = await fleetDatabase()
  await withClient(pool, async (client) => {
    await addTenant(client, acme)
    const csv = `${header}\nbeta,2,env:BETA,siem,60\nacme,7,env:ACME,siem,60\ngamma,3,nowhere,siem,60\ndelta,4,env:D,sime,60\n`
    const result = await importTenants(client, csv, { destinations: ['siem'] })
    expect(result).toEqual({
      problems: [
        { line: 3, field: 'workspace', message: expect.stringContaining('the workspace 1') },
        { line: 4, field: 'token_ref', message: expect.any(String) },
        { line: 5, field: 'destination', message: expect.stringContaining('Did you mean siem?') },
      ],
    })
    expect((await listTenants(client)).map(({ name }) => name)).toEqual(['acme'])
    expect(await findTenant(client, 'beta')).toBeUndefined()
  })
})

test('ten thousand tenants are imported at once', async () => {
  const pool = await fleetDatabase()
  const lines = Array.from({ length: 10_000 }, (_, at) => `tenant-${at},${at + 1},env:T${at},siem,60`)
  await withClient(pool, async (client) => {
    const result = await importTenants(client, [header, ...lines].join('\n'))
    expect(result).toEqual({ written: { added: 10_000, changed: 0, unchanged: 0 } })
  })
})
