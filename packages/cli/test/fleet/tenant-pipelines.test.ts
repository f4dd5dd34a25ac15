import { writeFileSync } from 'node:fs'
import type { Tenant } from '@asana-audit/fleet'
import { generateEvents } from '@asana-audit/simulator'
import { expect, test } from 'vitest'
import { startReceiver } from '../../../../test/support/otlp/otlp-receiver.ts'
import { startPantherSource } from '../../../panther-http/test/support/panther-source.ts'
import { readFleetFile } from '../../src/fleet/read-fleet-file.ts'
import { openTenantPipelines, type TenantPipelines } from '../../src/fleet/tenant-pipelines.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const inFolder = temporaryFolder()
const until = Date.parse('2026-03-15T00:00:00Z')
const [first, second] = generateEvents({ count: 2, from: until - 86_400_000, until })
const env = { ASANA_TOKEN: 't', PANTHER_HTTP_SECRET: 'secret' }

async function pipelinesOf(destination: string, pipeline: string): Promise<TenantPipelines> {
  const path = inFolder('fleet.yaml')
  const state = 'state: postgres://nobody@127.0.0.1:1/none'
  writeFileSync(path, `${state}\ndestinations: { store: ${destination} }\npipeline: ${pipeline}\n`)
  const file = await readFleetFile(path, {}, env)
  if ('problems' in file) throw new Error(JSON.stringify(file.problems))
  return openTenantPipelines(file, env, ({ message }) => expect.fail(message))
}

const tenant = (name: string, workspace: string): Tenant => ({
  ...{ pipelineId: 1, name, workspace, destination: 'store', tokenRef: 'env:ASANA_TOKEN' },
  ...{ pollSeconds: 60, state: 'active' },
})

/** Delivers an event for each of two tenants, which share the mapping of their destination. */
async function deliver(pipelines: TenantPipelines): Promise<void> {
  const acme = await pipelines.open(tenant('acme', '42'))
  const beta = await pipelines.open(tenant('beta', '43'))
  acme.onArrival?.(first!, { receivedAt: until, isRepeat: false })
  beta.onArrival?.(second!, { receivedAt: until + 1, isRepeat: true })
  const records = [acme.map(first!), beta.map(second!)]
  const { signal } = new AbortController()
  await acme.sink.write([records[0]], signal)
  await beta.sink.write([records[1]], signal)
  await pipelines.close()
}

const expected = [
  { source: 'audit_log', workspace: '42', pipeline: 'acme', delivery: 'first' },
  { source: 'audit_log', workspace: '43', pipeline: 'beta', delivery: 'repeat' },
]

test('a record of a fleet says which tenant it is of, and how it came', async () => {
  const receiver = await startReceiver()
  const store = `{ otlp: { endpoint: "${receiver.origin}/v1/logs" } }`
  await deliver(await pipelinesOf(store, '{ context: { provenance: true } }'))
  const prefix = 'asana.audit.provenance.'
  const said = receiver.accepted.flat().map(({ attributes }) => {
    const own = [...attributes].filter(([name]) => name.startsWith(prefix))
    return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]))
  })
  expect(said).toMatchObject(expected)
  expect(said.map(({ received_at: at }) => at)).toEqual([
    '2026-03-15T00:00:00.000Z',
    '2026-03-15T00:00:00.001Z',
  ])
})

test('so does an event that is mapped before its sink is known', async () => {
  const panther = await startPantherSource()
  const store = `{ panther_http: { url: "${panther.url}", allow_plain_http: true } }`
  await deliver(await pipelinesOf(store, '{ context: { provenance: true } }'))
  const said = panther.posts.flatMap(({ lines }) =>
    lines.map((line) => {
      const { asana_audit_context: context } = JSON.parse(line) as {
        asana_audit_context: { asana: { audit: { provenance: object } } }
      }
      return context.asana.audit.provenance
    }),
  )
  expect(said).toMatchObject(expected)
})

test('without the setting nobody asks how an event came, and no record says it', async () => {
  const receiver = await startReceiver()
  const pipelines = await pipelinesOf(`{ otlp: { endpoint: "${receiver.origin}/v1/logs" } }`, '{}')
  expect(await pipelines.open(tenant('acme', '42'))).not.toHaveProperty('onArrival')
  await deliver(pipelines)
  const names = receiver.accepted.flat().flatMap(({ attributes }) => [...attributes.keys()])
  expect(names).toContain('asana.audit.gid')
  expect(names.filter((name) => name.includes('provenance'))).toEqual([])
})
