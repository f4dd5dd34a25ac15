import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Fact } from '@asana-audit/core'
import { applyFieldPolicy, defaultFieldPolicy } from '@asana-audit/schema'
import { type Simulator, startSimulator } from '@asana-audit/simulator'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { asanaAdapter, type Tenant } from './asana-adapter.ts'
import type { Message } from './ingest-sink.ts'

interface Ingest {
  readonly url: string
  /** Ids in the order they were taken, by tenant. */
  readonly taken: Map<string, string[]>
  /** Another status than 202 for a request, by its tenant; `at` for a message it will never take. */
  refuse: (tenant: string, ids: readonly string[]) => number | { readonly at: number } | undefined
}

/** The product's ingest API. */
async function startIngest(): Promise<Ingest> {
  const ingest: Ingest = { url: '', taken: new Map(), refuse: () => undefined }
  const server = createServer(async (request, response) => {
    const messages = JSON.parse(Buffer.concat(await request.toArray()).toString()) as Message[]
    const tenant = String(request.headers['x-tenant'])
    const ids = messages.map(({ id }) => id)
    const refusal = ingest.refuse(tenant, ids)
    const stored = typeof refusal === 'number' ? [] : ids.slice(0, refusal?.at)
    ingest.taken.set(tenant, [...(ingest.taken.get(tenant) ?? []), ...stored])
    if (typeof refusal === 'number') response.writeHead(refusal).end()
    else if (refusal) response.writeHead(422).end(JSON.stringify({ index: refusal.at }))
    else response.writeHead(202).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return Object.assign(ingest, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ingest` })
}

async function startAsana(workspace: string, events: number): Promise<Simulator> {
  const simulator = await startSimulator({ workspace, events, seed: Number(workspace) })
  onTestFinished(() => simulator.close())
  return simulator
}

const gids = ({ events }: Simulator): string[] => events.map(({ gid }) => gid)

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vendor-bundle-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const tenant = (name: string, workspace = '1', token = 'simulator-token'): Tenant => ({
  name,
  workspace,
  token: () => token,
})

test('the program delivers each tenant under its own name, and the next time only what is new', async () => {
  const [asana, ingest] = [await startAsana('1', 700), await startIngest()]
  writeFileSync(
    join(folder, 'tenants.json'),
    JSON.stringify([
      { name: 'acme', workspace: '1', tokenEnv: 'ACME_TOKEN' },
      { name: 'globex', workspace: '1', tokenEnv: 'GLOBEX_TOKEN' },
    ]),
  )
  const env = {
    TENANTS_FILE: join(folder, 'tenants.json'),
    STATE_FOLDER: join(folder, 'state'),
    INGEST_URL: ingest.url,
    ASANA_BASE_URL: asana.url,
    ACME_TOKEN: 'simulator-token',
    GLOBEX_TOKEN: 'simulator-token',
  }
  const run = async (): Promise<string[]> => {
    const { stdout } = await promisify(execFile)(process.execPath, ['main.ts', '--once'], {
      cwd: import.meta.dirname,
      env,
    })
    return stdout.trimEnd().split('\n').sort()
  }
  expect(await run()).toMatchObject([/^acme { delivered: 700, /, /^globex { delivered: 700, /].map(matching))
  asana.grow(3)
  expect(await run()).toMatchObject([/^acme { delivered: 3, /, /^globex { delivered: 3, /].map(matching))
  expect(ingest.taken.get('acme')).toEqual(gids(asana))
  expect(ingest.taken.get('globex')).toEqual(gids(asana))
})

test('a tenant whose token was revoked is paused, and the others go on', async () => {
  const [asana, ingest] = [await startAsana('1', 250), await startIngest()]
  const paused: string[] = []
  let safe = 0
  const stop = new AbortController()
  const adapter = asanaAdapter({
    stateFolder: folder,
    ingestUrl: ingest.url,
    baseUrl: asana.url,
    onFact(name, fact) {
      if (fact.type === 'paused') paused.push(`${name} ${fact.code}`)
      if (fact.type === 'committed') safe += fact.events
      if (safe === 250 && paused.length > 0) stop.abort()
    },
  })
  const { signal } = stop
  await Promise.all([
    adapter.run(tenant('globex', '1', 'revoked'), { signal }),
    adapter.run(tenant('acme'), { signal }),
  ])
  await adapter.close()
  expect(paused).toEqual(['globex unauthorized'])
  expect(ingest.taken.get('acme')).toEqual(gids(asana))
})

test('two adapters in one process do not affect each other', async () => {
  const sides = await Promise.all(
    [1, 2].map(async (number) => {
      const [asana, ingest] = [await startAsana(String(number), 300 * number), await startIngest()]
      const facts: Fact[] = []
      const stateFolder = join(folder, String(number))
      const adapter = asanaAdapter({
        ...{ stateFolder, ingestUrl: ingest.url, baseUrl: asana.url },
        onFact: (_, fact) => facts.push(fact),
      })
      return { asana, ingest, adapter, facts, workspace: String(number) }
    }),
  )
  await Promise.all(
    sides.map(({ adapter, workspace }) => adapter.run(tenant('acme', workspace), { once: true })),
  )
  await Promise.all(sides.map(({ adapter }) => adapter.close()))
  for (const { asana, ingest, facts } of sides) {
    expect(ingest.taken.get('acme')).toEqual(gids(asana))
    const committed = facts.flatMap((fact) => (fact.type === 'committed' ? fact.events : []))
    expect(committed.reduce((sum, events) => sum + events, 0)).toBe(asana.events.length)
  }
})

test('a message that the product refuses ends in the quarantine of its tenant, whole', async () => {
  const [asana, ingest] = [await startAsana('1', 400), await startIngest()]
  const bad = gids(asana)[250] ?? ''
  ingest.refuse = (name, ids) => {
    const at = ids.indexOf(bad)
    return name === 'acme' && at >= 0 ? { at } : undefined
  }
  const adapter = asanaAdapter({ stateFolder: folder, ingestUrl: ingest.url, baseUrl: asana.url })
  const run = (name: string) => adapter.run(tenant(name), { once: true })
  expect(await run('acme')).toMatchObject({ delivered: 399, quarantined: 1 })
  expect(await run('globex')).toMatchObject({ delivered: 400, quarantined: 0 })
  asana.grow(2)
  expect(await run('acme')).toMatchObject({ delivered: 2, quarantined: 0 })
  // The quarantine keeps what would have been sent: the event after the field policy.
  const event = applyFieldPolicy(asana.events[250], defaultFieldPolicy)
  expect(await adapter.quarantine('acme')).toMatchObject([{ id: bad, code: 'ingest_422', event }])
  expect(await adapter.quarantine('globex')).toEqual([])
  await adapter.close()
})

test('a process killed between acceptance and commit repeats, and skips nothing', async () => {
  const [asana, ingest] = [await startAsana('1', 2_000), await startIngest()]
  const env = {
    STATE_FOLDER: folder,
    INGEST_URL: ingest.url,
    ASANA_BASE_URL: asana.url,
    TOKEN: 'simulator-token',
  }
  const tenants = join(folder, 'tenants.json')
  writeFileSync(tenants, JSON.stringify([{ name: 'acme', workspace: '1', tokenEnv: 'TOKEN' }]))
  const start = () =>
    execFile(process.execPath, ['main.ts', '--once'], {
      cwd: import.meta.dirname,
      env: { ...env, TENANTS_FILE: tenants },
    })
  const victim = start()
  const dead = new Promise((resolve) => victim.once('exit', resolve))
  // The product stores this write and then the process is gone, before it hears of it.
  ingest.refuse = () => {
    if ((ingest.taken.get('acme')?.length ?? 0) >= 500) victim.kill('SIGKILL')
    return undefined
  }
  await dead
  ingest.refuse = () => undefined
  const second = start()
  expect(await new Promise((resolve) => second.once('exit', resolve))).toBe(0)
  expect([...new Set(ingest.taken.get('acme'))]).toEqual(gids(asana))
})

test('of two processes that run one tenant, the later to commit is told, and its writes are not lost', async () => {
  const [asana, ingest] = [await startAsana('1', 300), await startIngest()]
  const adapters = [1, 2].map(() =>
    asanaAdapter({ stateFolder: folder, ingestUrl: ingest.url, baseUrl: asana.url }),
  )
  const runs = await Promise.allSettled(
    adapters.map((adapter) => adapter.run(tenant('acme'), { once: true })),
  )
  await Promise.all(adapters.map((adapter) => adapter.close()))
  expect(runs.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(runs.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { code: 'already_running' },
  })
  expect(new Set(ingest.taken.get('acme'))).toEqual(new Set(gids(asana)))
})

test("a tenant's name cannot lead out of the folder, and its state is one file", async () => {
  const [asana, ingest] = [await startAsana('1', 300), await startIngest()]
  const stateFolder = join(folder, 'state')
  const adapter = asanaAdapter({ stateFolder, ingestUrl: ingest.url, baseUrl: asana.url })
  for (const name of ['..', '../acme', 'a/b']) await adapter.run(tenant(name), { once: true })
  await adapter.close()
  expect(readdirSync(folder)).toEqual(['state'])
  expect(existsSync(join(stateFolder, '%2E%2E'))).toBe(true)
  for (const name of readdirSync(stateFolder)) expect(readdirSync(join(stateFolder, name))).toHaveLength(1)
})

test('a name that was used for another workspace is refused', async () => {
  const ingest = await startIngest()
  const [one, two] = [await startAsana('1', 10), await startAsana('2', 10)]
  const adapterFor = ({ url: baseUrl }: Simulator) =>
    asanaAdapter({ stateFolder: folder, ingestUrl: ingest.url, baseUrl })
  await adapterFor(one).run(tenant('acme', '1'), { once: true })
  await expect(adapterFor(two).run(tenant('acme', '2'), { once: true })).rejects.toMatchObject({
    fault: 'fatal',
    code: 'filters_changed',
  })
})

function matching(pattern: RegExp): unknown {
  return expect.stringMatching(pattern)
}
