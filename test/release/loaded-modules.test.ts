import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundledCommand } from '../../scripts/bundle/bundle.ts'
import { mmdb } from '../support/data/mmdb.ts'
import { startReceiver } from '../support/otlp/otlp-receiver.ts'
import { repository } from '../support/release/packed-packages.ts'
import { loginEvent, startAsana } from '../support/servers/asana-server.ts'
import { listen } from '../support/servers/listen.ts'

// The modules that the packed command loads decide how fast it starts and how much memory it uses.

const folder = mkdtempSync(join(tmpdir(), 'asana-audit-loaded-'))
beforeAll(async () => {
  const manifest = readFileSync(join(repository, 'packages/cli/package.json'), 'utf8')
  for (const [name, text] of [...(await bundledCommand()).files, ['package.json', manifest] as const]) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Loaded {
  readonly code: number | null
  /** Files of the bundle. */
  readonly files: readonly string[]
  /** The sources in those files, by their paths in the repository. */
  readonly sources: readonly string[]
}

/** Runs the bundle to its end, and returns what it loaded. */
async function loadedBy(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Loaded> {
  const list = join(folder, `loaded-${randomUUID()}`)
  const hook = `
    import { appendFileSync } from 'node:fs'
    import { registerHooks } from 'node:module'
    registerHooks({ load: (url, context, next) => {
      if (url.startsWith('file:')) appendFileSync(process.env.LOADED, new URL(url).pathname + '\\n')
      return next(url, context)
    } })`
  const child = spawn(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(hook)}`, join(folder, 'bundle/bin.js'), ...args],
    { env: { HOME: folder, LOADED: list, ...env }, stdio: 'ignore' },
  )
  const [code] = (await once(child, 'close')) as [number | null]
  const files = readFileSync(list, 'utf8').trimEnd().split('\n')
  const sources = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/^\/\/ ((?:packages|node_modules)\/.+)$/gm)].map(
      ([, path]) => path!,
    ),
  )
  return { code, files, sources }
}

/** The packages that sources belong to: ours by their folders, others by their names. */
function packagesOf(sources: readonly string[]): string[] {
  const names = sources.map((path) =>
    path.startsWith('packages/')
      ? path.split('/', 2).join('/')
      : (path.split('node_modules/').at(-1)?.split('/', 1)[0] ?? ''),
  )
  return [...new Set(names)].sort()
}

test.each(['--version', '--help'])('%s loads only the parsing of flags', async (flag) => {
  const { code, files, sources } = await loadedBy([flag])
  expect(code).toBe(0)
  expect(files.length).toBeLessThanOrEqual(19)
  const ours = sources.filter((path) => path.startsWith('packages/'))
  expect([...new Set(ours.map((path) => path.split('/', 4).join('/')))].sort()).toEqual([
    'packages/cli/src/begin.ts',
    'packages/cli/src/bin.ts',
    'packages/cli/src/flags',
    'packages/cli/src/main.ts',
    'packages/cli/src/pipelines',
    'packages/cli/src/program.ts',
    'packages/cli/src/restart-with-less-memory.ts',
    'packages/cli/src/terminal',
    'packages/cli/src/version.ts',
    'packages/core/src/fault.ts',
    'packages/schema/src/event',
  ])
  const others = packagesOf(sources).filter((name) => !name.startsWith('packages/'))
  expect(others).toEqual(['ansi-regex', 'commander', 'get-east-asian-width', 'string-width', 'strip-ansi'])
})

test('run --to otlp loads no other destination, no other command and no YAML', async () => {
  const asana = await startAsana({ events: [1, 2, 3].map((number) => loginEvent(number)) })
  const receiver = await startReceiver()
  const { code, files, sources } = await loadedBy(
    ['run', '--once', '--to', 'otlp', '--state', join(folder, 'state.db')],
    { ...asana.env, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.origin },
  )
  expect(code).toBe(0)
  expect(receiver.accepted.flat()).toHaveLength(3)
  expect(files.length).toBeLessThanOrEqual(172)
  const otherPackages = [
    'splunk-hec',
    'panther-http',
    'archive',
    'splunk-input',
    'detections',
    'simulator',
    'jsonl',
  ].map((name) => `packages/${name}`)
  for (const name of [...otherPackages, 'yaml', 're2js']) expect(packagesOf(sources)).not.toContain(name)
  expect(sources.filter((path) => path.includes('grpc'))).toEqual([])
  const unused =
    /^packages\/(cli\/src\/(views|report|detect|query|listen|metrics|traces|input|check|config\/yaml\/yaml)|schema\/src\/dialects)/
  expect(sources.filter((path) => unused.test(path))).toEqual([])
  // Its `fetch` is loaded on demand only. Of its other methods a proxy needs `connect`, which needs the handling of signals.
  const methods = sources.flatMap(
    (path) => /undici\/lib\/(?:api|mock|cache|interceptor)\/(.*)/.exec(path)?.[1] ?? [],
  )
  expect(methods.toSorted()).toEqual(['abort-signal.js', 'api-connect.js'])
  expect(sources.filter((path) => path.startsWith('packages/cli/src/commands/'))).toEqual([
    'packages/cli/src/commands/run.ts',
  ])
})

test('only what is asked for of a context is loaded', async () => {
  const asana = await startAsana({ events: [loginEvent(1)] })
  const city = join(folder, 'city.mmdb')
  writeFileSync(city, mmdb({ '192.0.2.0/24': { country: { iso_code: 'DE' } } }))
  const loaded = async (name: string, ...flags: string[]): Promise<readonly string[]> => {
    const [state, lines] = [join(folder, `${name}.db`), join(folder, `${name}.jsonl`)]
    const run = ['run', '--once', '--to', `file:${lines}`, '--state', state, ...flags]
    const { code, sources } = await loadedBy(run, asana.env)
    expect(code).toBe(0)
    const names = ['packages/context', 'bowser', 'mmdb-lib']
    return names.filter((one) => packagesOf(sources).includes(one))
  }
  expect(await loaded('without')).toEqual([])
  expect(await loaded('agent', '--parse-user-agent')).toEqual(['packages/context', 'bowser'])
  expect(await loaded('place', '--geo-file', city)).toEqual(['packages/context', 'mmdb-lib'])
})

test('only a state in PostgreSQL loads what it needs, and the command names the driver that is missing', async () => {
  const asana = await startAsana({ events: [loginEvent(1)] })
  const run = ['run', '--once', '--to', `file:${join(folder, 'events.jsonl')}`]
  const inFile = await loadedBy([...run, '--state', join(folder, 'file.db')], asana.env)
  expect(inFile.code).toBe(0)
  const postgres = /^packages\/core\/src\/state\/postgres\/(?!connection\/address-form)|^node_modules\/.*\/pg/
  expect(inFile.sources.filter((path) => postgres.test(path))).toEqual([])
  expect(inFile.files.filter((path) => path.includes('/node_modules/'))).toEqual([])
  // In this folder is no package pg.
  const command = [join(folder, 'bundle/bin.js'), ...run, '--state', 'postgres://somebody@127.0.0.1:1/none']
  const child = spawn(process.execPath, command, {
    env: { HOME: folder, ...asana.env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const said = await text(child.stderr)
  expect(said).toContain('needs the package pg, which is not installed')
  expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(2)
})

test('run --to panther-http loads no other destination', async () => {
  const asana = await startAsana({ events: [1, 2, 3].map((number) => loginEvent(number)) })
  const posts: string[] = []
  const panther = await listen((request, response) => {
    posts.push(String(request.url))
    request.resume().on('end', () => response.end())
  })
  const { code, sources } = await loadedBy(
    ['run', '--once', '--to', 'panther-http', '--state', join(folder, 'panther.db')],
    { ...asana.env, PANTHER_HTTP_URL: `${panther}/http/1`, PANTHER_HTTP_SECRET: 'abc' },
  )
  expect(code).toBe(0)
  expect(posts).toContain('/http/1')
  const others = ['splunk-hec', 'detections', 'simulator', 'jsonl'].map((name) => `packages/${name}`)
  for (const name of [...others, 'yaml', 're2js']) expect(packagesOf(sources)).not.toContain(name)
  expect(packagesOf(sources)).toContain('packages/panther-http')
})

test('detect finds its rules in the package, and loads no destination', async () => {
  const { code, sources } = await loadedBy(['detect', '--simulate'])
  // Hits were found.
  expect(code).toBe(3)
  expect(packagesOf(sources)).not.toContain('packages/splunk-hec')
})
