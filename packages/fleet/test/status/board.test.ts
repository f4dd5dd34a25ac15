import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { testWithPostgres as test } from '../../../../test/support/postgres/suite.ts'
import { addTenant } from '../../src/tenants/tenants.ts'
import { fleetDatabases, withClient } from '../support/fleet-database.ts'

const { fleetDatabase } = fleetDatabases()

interface Panel {
  readonly title: string
  readonly targets: readonly { readonly rawSql: string }[]
}

const deploy = join(import.meta.dirname, '../../../../deploy/fleet')
const board = JSON.parse(readFileSync(join(deploy, 'grafana-fleet.json'), 'utf8')) as {
  readonly panels: readonly Panel[]
}

/** Grafana puts its variables in before PostgreSQL sees a query. */
function filledIn(sql: string): string {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: It is Grafana's.
  return sql.replaceAll('${destination:raw}', '.*')
}

test('every query of the board runs, and finds a tenant that is behind', async () => {
  const pool = await fleetDatabase()
  const tenant = { name: 'acme', workspace: '1', tokenRef: 'env:T', destination: 'siem' }
  await withClient(pool, (client) => addTenant(client, tenant))
  await pool.query(`update asana_audit.tenant set created_at = now() - interval '1 day'`)
  const found = new Map<string, readonly object[]>()
  for (const { title, targets } of board.panels) {
    for (const { rawSql } of targets) found.set(title, (await pool.query<object>(filledIn(rawSql))).rows)
  }
  expect(found.get('Active tenants')).toEqual([{ tenants: '1' }])
  expect(found.get('Furthest behind')).toMatchObject([
    { tenant: 'acme', why: expect.stringContaining('No turn is planned') },
  ])
  expect(found.get('Tenants by the time since they were saved')).toEqual([
    { since: '5: longer', tenants: '1' },
  ])
  expect(found.size).toBe(board.panels.length)
})

test('the user that the README describes can read every panel', async () => {
  const pool = await fleetDatabase()
  const readme = readFileSync(join(deploy, 'README.md'), 'utf8')
  const role = `board_${process.pid}`
  const [, sql = ''] = /```sql\n(create role[\s\S]*?)```/.exec(readme) ?? []
  await withClient(pool, async (client) => {
    await client.query(sql.replaceAll('asana_audit_board', role).replace(/ login password '.*?'/, ' nologin'))
    await client.query(`set role ${role}`)
    for (const { targets } of board.panels)
      for (const { rawSql } of targets) await client.query(filledIn(rawSql))
    await client.query('reset role')
  })
})

test('the queries of the README run', async () => {
  const pool = await fleetDatabase()
  const readme = readFileSync(join(deploy, 'README.md'), 'utf8')
  const [, sql = ''] = /```sql\n(select[\s\S]*?)```/.exec(readme) ?? []
  expect(sql.split(';').filter((one) => one.trim() !== '')).toHaveLength(3)
  await pool.query(sql)
})
