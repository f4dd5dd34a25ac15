import { expect, test } from 'vitest'
import { asimColumns } from '../../src/dialects/asim/asim-columns.ts'
import { asimCollectionRule, asimTable, toAsim } from '../../src/dialects/asim.ts'
import asim from '../data/asim.json' with { type: 'json' }
import native from '../data/asim-tables.json' with { type: 'json' }
import { fullContext } from '../support/full-context.ts'
import { viewEvents } from '../support/view-events.ts'

const tables: { readonly [table: string]: { readonly [column: string]: string } } = native.tables

const { streamDeclarations, dataFlows } = asimCollectionRule().properties
const stream = new Map(
  streamDeclarations['Custom-AsanaAudit']?.columns.map(({ name, type }) => [name, type] as const),
)

/** What a transformation of ours does: a filter by schema, and the columns it stores, each with what it is made of. */
function readTransform(kql: string): { schema: string; stored: [column: string, from: string][] } {
  const [, schema = '', list = ''] =
    /^source \| where EventSchema == '(\w+)' \| project ([\w =',]+)$/.exec(kql) ?? []
  return {
    schema,
    stored: list.split(', ').map((one) => {
      const [column = '', from = column] = one.split(' = ')
      return [column, from]
    }),
  }
}

test('the stream has every column that an event may have, and no other', () => {
  const written = new Map<string, Set<string>>()
  for (const [, one] of viewEvents()) {
    const event = toAsim(one, { workspace: '42', context: () => fullContext })
    for (const column of Object.keys(event)) {
      written.set(column, (written.get(column) ?? new Set()).add(event.EventSchema))
    }
  }
  // No shape has an app.
  const context = { oauth_app_name: 'Zapier' }
  for (const type of ['user_logged_out', 'task_deleted', 'user_deprovisioned']) {
    const resource = { resource_type: 'user', gid: '8' }
    const event = toAsim({
      gid: '1',
      created_at: '2026-01-02T03:04:05Z',
      event_type: type,
      actor: {},
      context,
      resource,
    })
    for (const column of ['ActingAppName', 'ActingAppType']) {
      written.set(column, (written.get(column) ?? new Set()).add(event.EventSchema))
    }
  }
  expect(new Set(stream.keys())).toEqual(new Set(written.keys()))
  for (const [column, schemas] of written) {
    const declared = asimColumns.get(column)?.schemas ?? []
    expect([column, ...[...schemas].sort()]).toEqual([column, ...[...declared].sort()])
  }
})

test('a column has the type that ASIM gives it', () => {
  const types = new Map(Object.entries(asim.fields).map(([name, { type }]) => [name, type]))
  for (const [name, type] of stream)
    expect([name, types.get(name)?.replace('ip', 'string')]).toEqual([name, type])
})

test('each schema goes into its own table, which has every column that is stored, in its type', () => {
  expect(dataFlows.map(({ outputStream }) => outputStream)).toEqual(
    Object.keys(tables).map((table) => `Microsoft-${table}`),
  )
  for (const { transformKql, outputStream } of dataFlows) {
    const table = tables[outputStream.replace('Microsoft-', '')] ?? {}
    const { stored } = readTransform(transformKql)
    expect(stored.length).toBeGreaterThan(30)
    for (const [column, from] of stored) {
      const type = from === "'Other'" ? 'string' : stream.get(from)
      expect(`${outputStream} ${column} ${table[column]}`).toBe(`${outputStream} ${column} ${type}`)
    }
  }
})

test('a table stores everything of its events but what its parser makes again', () => {
  const made = ['Dvc', 'EventSchema', 'User', 'Src', 'IpAddr', 'Application', 'Dst', 'Value', 'LogonTarget']
  const bySchema = new Map(
    dataFlows.map(({ transformKql }) => {
      const { schema, stored } = readTransform(transformKql)
      return [schema, new Set(stored.map(([, from]) => from))] as const
    }),
  )
  for (const [what, one] of viewEvents()) {
    const event = toAsim(one, { workspace: '42', context: () => fullContext })
    const lost = Object.keys(event).filter((column) => !bySchema.get(event.EventSchema)?.has(column))
    expect(
      lost.filter((column) => !made.includes(column)),
      what,
    ).toEqual([])
  }
})

test('a table of your own takes the events as they are', () => {
  const own = asimCollectionRule({
    table: 'AsanaAudit_CL',
    location: 'westeurope',
    workspaceResourceId: '/x',
  })
  expect(own).toMatchObject({
    location: 'westeurope',
    properties: {
      destinations: { logAnalytics: [{ workspaceResourceId: '/x' }] },
      dataFlows: [{ transformKql: 'source', outputStream: 'Custom-AsanaAudit_CL' }],
    },
  })
  const { schema } = asimTable('AsanaAudit_CL').properties
  expect(schema).toEqual({
    name: 'AsanaAudit_CL',
    columns: own.properties.streamDeclarations['Custom-AsanaAudit']?.columns,
  })
})
