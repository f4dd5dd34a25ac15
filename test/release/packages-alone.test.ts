import { execFile } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, posix } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startSimulator } from '../../packages/simulator/src/index.ts'
import { startReceiver } from '../support/otlp/otlp-receiver.ts'
import { exampleNode } from '../support/pages/example-node.ts'
import { codeBlocks, readmeExample } from '../support/pages/readme-example.ts'
import { postgresOfFile, testWithPostgres } from '../support/postgres/suite.ts'
import { type PackedPackage, packPackages, repository } from '../support/release/packed-packages.ts'
import { installStrictly } from '../support/release/strict-projects.ts'
import { loginEvent, startAsana } from '../support/servers/asana-server.ts'
import { listen } from '../support/servers/listen.ts'

// Each package as a user receives it: packed, and installed alone in an empty project.

const execute = promisify(execFile)
const names = [
  '@asana-audit/schema',
  '@asana-audit/core',
  '@asana-audit/jsonl',
  '@asana-audit/metrics',
  '@asana-audit/otlp',
  '@asana-audit/otel',
  '@asana-audit/splunk-hec',
  '@asana-audit/panther-http',
  '@asana-audit/context',
  '@asana-audit/archive',
  '@asana-audit/fleet',
  '@asana-audit/simulator',
  '@asana-audit/detections',
  'asana-audit',
]
const libraries = names.slice(0, -1)
/** Its types name those of `pg`, which bring `@types/node`. The compiler sees them with its example. */
const withTypesOfNode = '@asana-audit/fleet'
const compilers = { 'TypeScript 5.8': '5.8.3', 'TypeScript 6': '6.0.3', 'TypeScript 7': '7.0.2' }

/** Both versions of the SDK of OpenTelemetry, and where each has its `LogRecord`. */
const telemetryLines = {
  'api 1.9 with sdk-logs 0.223': {
    recordFrom: '@opentelemetry/api-logs',
    dependencies: {
      '@opentelemetry/api': '1.9.1',
      '@opentelemetry/api-logs': '0.223.1',
      '@opentelemetry/resources': '2.12.1',
      '@opentelemetry/sdk-logs': '0.223.1',
    },
  },
  'api 1.10 with sdk-logs 3': {
    recordFrom: '@opentelemetry/api',
    dependencies: {
      '@opentelemetry/api': '1.10.0',
      '@opentelemetry/resources': '3.1.0',
      '@opentelemetry/sdk-logs': '3.1.0',
    },
  },
}

const folder = mkdtempSync(join(tmpdir(), 'asana-audit-alone-'))
const projects = join(folder, 'projects')
let packages: PackedPackage[] = []
const postgres = postgresOfFile()
beforeAll(async () => {
  packages = await packPackages(folder)
  const ours = (installed: readonly string[]): Record<string, string> =>
    Object.fromEntries(installed.map((name) => [name, '*']))
  const types = { '@types/node': '^22.20.5' }
  await installStrictly(projects, packages, {
    ...Object.fromEntries(names.map((name) => [`alone-${shortName(name)}`, ours([name])])),
    ...Object.fromEntries(
      names.map((name) => [
        `readme-${shortName(name)}`,
        { ...ours(readmeExample(readmeOf(name)).installs), ...types },
      ]),
    ),
    ...Object.fromEntries(
      Object.values(telemetryLines).map(({ dependencies }, line) => [
        `telemetry-${line}`,
        {
          ...ours(['@asana-audit/otlp', '@asana-audit/schema', '@asana-audit/splunk-hec']),
          ...dependencies,
          ...types,
        },
      ]),
    ),
    documentation: { ...ours(libraries), ...types },
    compilers: Object.fromEntries(
      Object.values(compilers).map((version) => [`typescript-${version}`, `npm:typescript@${version}`]),
    ),
  })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The programs of the documentation, each with a name for its file. */
const recipes: [string, string][] = ['README', 'docs/library-users', 'docs/vendors'].flatMap((page) =>
  codeBlocks(readFileSync(join(repository, `${page}.md`), 'utf8'), 'ts').map((code, at): [string, string] => [
    `${posix.basename(page)}-${at}.ts`,
    code,
  ]),
)

const shortName = (name: string): string => name.replace('@asana-audit/', '')
const packed = (name: string): PackedPackage => packages.find((one) => one.name === name)!
const readmeOf = (name: string): string => packed(name).files.get('README.md') ?? ''

/** The programs of the pages beside a README, by page and place: `reading-0`. */
function pagePrograms(name: string): [string, string][] {
  return [...packed(name).files].flatMap(([path, text]) => {
    const [, page] = /^docs\/([\w-]+)\.md$/.exec(path) ?? []
    return page === undefined
      ? []
      : codeBlocks(text, 'ts').map((code, at): [string, string] => [`${page}-${at}`, code])
  })
}

/** Puts a file into a project and returns its path. */
function put(project: string, file: string, text: string): string {
  const path = join(projects, project, file)
  writeFileSync(path, text)
  return path
}

/** Runs a file with only the given environment. A warning of Node is an error. */
async function run(
  path: string,
  env: Readonly<Record<string, string>> = {},
  { flags = [], node = process.execPath }: { flags?: readonly string[]; node?: string } = {},
) {
  return execute(node, [...flags, path], { cwd: dirname(path), env, timeout: 300_000 })
}

/** The errors of a compiler in these files, with the strictest settings. */
async function compile(version: string, files: readonly string[], options: object): Promise<string> {
  const config = join(projects, `tsconfig-${version}-${files.length}-${JSON.stringify(options).length}.json`)
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    noEmit: true,
    target: 'es2023',
    ...options,
  }
  writeFileSync(config, JSON.stringify({ compilerOptions, files }))
  const tsc = join(projects, 'compilers', 'node_modules', `typescript-${version}`, 'bin', 'tsc')
  return execute(process.execPath, [tsc, '-p', config], { cwd: projects }).then(
    () => '',
    ({ stdout }: { stdout: string }) => stdout,
  )
}

const resolutions = {
  nodenext: { module: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
}

test('these tests cover every package of the workspace', () => {
  expect(packages.map(({ name }) => name).sort()).toEqual([...names].sort())
})

describe.each(names)('%s', (name) => {
  test('imports only Node, itself and what its manifest declares', () => {
    const { files, manifest } = packed(name)
    const undeclared: string[] = []
    for (const [path, text] of files) {
      if (!/\.(js|d\.ts)$/.test(path)) continue
      for (const specifier of importsOf(text)) {
        const from = specifier.startsWith('.')
          ? files.has(posix.join(posix.dirname(path), specifier)) || files.has(declarationOf(path, specifier))
          : (specifier.startsWith('node:') && isBuiltin(specifier)) ||
            packageOf(specifier) in { ...manifest.dependencies, ...manifest.peerDependencies }
        if (!from) undeclared.push(`${path}: ${specifier}`)
      }
    }
    expect(undeclared).toEqual([])
  })

  test('has no declaration that needs an API of OpenTelemetry', () => {
    for (const [path, text] of packed(name).files) {
      if (path.endsWith('.d.ts')) expect(importsOf(text).join()).not.toContain('@opentelemetry/')
    }
  })

  test('has no output of a deleted source, and no map without its source', () => {
    const { files } = packed(name)
    for (const [path, text] of files) {
      const [, source] = /^dist\/(.+?)(?:\.d\.ts|\.js)(?:\.map)?$/.exec(path) ?? []
      if (source === undefined) continue
      expect(existsSync(join(repository, 'packages', folderOf(name), 'src', `${source}.ts`)), path).toBe(true)
      if (!path.endsWith('.map')) continue
      const { sources, sourcesContent } = JSON.parse(text) as { sources: string[]; sourcesContent?: string[] }
      expect(sourcesContent, path).toHaveLength(sources.length)
    }
  })

  test('refuses to be packed with npm, and says what to use', async () => {
    const refused = execute('npm', ['pack', '--pack-destination', projects], {
      cwd: join(repository, 'packages', folderOf(name)),
    })
    await expect(refused).rejects.toMatchObject({ stderr: expect.stringContaining('npx -y pnpm@12 pack') })
    expect(readdirSync(projects).filter((file) => file.endsWith('.tgz'))).toEqual([])
  })
})

describe.each(libraries)('%s, installed by itself', (name) => {
  test('can be imported and required from JavaScript, with the same names', async () => {
    const { entries } = packed(name)
    const path = put(
      `alone-${shortName(name)}`,
      'main.cjs',
      `const seen = {}
const load = async () => {
  for (const entry of ${JSON.stringify(entries)}) {
    const required = Object.keys(require(entry)).filter((key) => key !== '__esModule').sort()
    const imported = Object.keys(await import(entry)).filter((key) => key !== 'module.exports').sort()
    seen[entry] = [required, imported]
  }
  console.log(JSON.stringify(seen))
}
load()`,
    )
    const { stdout } = await run(path)
    const seen = JSON.parse(stdout) as Record<string, [string[], string[]]>
    expect(Object.keys(seen)).toEqual(entries)
    for (const [required, imported] of Object.values(seen)) {
      expect(imported.length).toBeGreaterThan(0)
      expect(required).toEqual(imported)
    }
  })
})

describe.each(Object.entries(compilers))('from %s', (_, version) => {
  test.each(Object.entries(resolutions))(
    'every entry of every package alone has types that hold without @types/node, but for the fleet, %s',
    async (__, resolution) => {
      const without = libraries.filter((name) => name !== withTypesOfNode)
      const files = without.map((name) => {
        const lines = packed(name).entries.map((entry, at) => `export * as entry${at} from '${entry}'\n`)
        return put(`alone-${shortName(name)}`, 'main.ts', lines.join(''))
      })
      expect(await compile(version, files, { ...resolution, types: [] })).toBe('')
    },
  )

  test('the examples have no type error, and neither have records with both versions of OpenTelemetry', async () => {
    const examples = names.flatMap((name) =>
      readmeExample(readmeOf(name)).programs.map((code, at) =>
        put(`readme-${shortName(name)}`, `example-${at}.ts`, code),
      ),
    )
    const inPages = names.flatMap((name) =>
      pagePrograms(name).map(([file, code]) => put(`readme-${shortName(name)}`, `${file}.ts`, code)),
    )
    expect(inPages.length).toBeGreaterThan(0)
    const documented = recipes.map(([file, code]) => put('documentation', file, code))
    const beside = Object.values(telemetryLines).map(({ recordFrom }, line) =>
      put(`telemetry-${line}`, 'beside.ts', besideTelemetry(recordFrom)),
    )
    const types = { types: ['node'], typeRoots: [join(projects, 'telemetry-0', 'node_modules', '@types')] }
    expect(
      await compile(version, [...examples, ...inPages, ...documented, ...beside], {
        module: 'nodenext',
        lib: ['es2024'],
        ...types,
      }),
    ).toBe('')
  })
})

describe.each(Object.keys(telemetryLines))('beside %s', (name) => {
  test('a record can be given to a Logger and to an exporter', async () => {
    const line = Object.keys(telemetryLines).indexOf(name)
    const { recordFrom } = Object.values(telemetryLines)[line]!
    const path = put(`telemetry-${line}`, 'beside.ts', besideTelemetry(recordFrom))
    const { stdout, stderr } = await run(path)
    expect(stdout).toBe("asana.audit.user_login_failed [ 'ada@example.com' ]\n".repeat(2))
    expect(stderr).toBe('')
  })
})

test('of the core only @asana-audit/core/sqlite-state loads SQLite', async () => {
  const load = (entry: string): Promise<{ stdout: string }> =>
    run(
      put('alone-core', 'load.mjs', `await import('${entry}')\nconsole.log('loaded')`),
      {},
      // With this flag, Node has no node:sqlite.
      { flags: ['--no-experimental-sqlite'] },
    )
  expect((await load('@asana-audit/core')).stdout).toBe('loaded\n')
  await expect(load('@asana-audit/core/sqlite-state')).rejects.toThrow('node:sqlite')
})

describe('the example of the README, as written, from the tarballs:', () => {
  const runExample = async (name: string, at: number, env?: Record<string, string>): Promise<string> => {
    const code = readmeExample(readmeOf(name)).programs[at]
    expect(code, `example ${at} of ${name}`).toBeTypeOf('string')
    return (
      await run(put(`readme-${shortName(name)}`, `run-${at}.ts`, code ?? ''), env, { node: exampleNode })
    ).stdout
  }

  test.each([
    ['an event', 0],
    ['the catalogue', 1],
  ])('@asana-audit/schema, %s', async (_, at) => {
    const stdout = await runExample('@asana-audit/schema', at)
    expect(stdout).not.toBe('')
    expect(readmeOf('@asana-audit/schema')).toContain(`\`\`\`text\n${stdout}\`\`\``)
  })

  test('@asana-audit/core, only the source', async () => {
    const asana = await startAsana({ events: [1, 2, 3].map((number) => loginEvent(number)) })
    expect((await runExample('@asana-audit/core', 0, asana.env)).trim().split('\n')).toHaveLength(3)
  })

  test('@asana-audit/core, a sink of your own', async () => {
    const asana = await startAsana({ events: [1, 2, 3].map((number) => loginEvent(number)) })
    const webhook = await listen((request, response) => request.resume().on('end', () => response.end()))
    const env = { ...asana.env, WEBHOOK_URL: webhook }
    expect(await runExample('@asana-audit/core', 1, env)).toBe(
      '{ delivered: 3, quarantined: 0, repeats: 0 }\n',
    )
  })

  test('@asana-audit/core, several destinations, and whether events stopped coming', async () => {
    const asana = await startAsana({ events: [1, 2, 3].map((number) => loginEvent(number)) })
    const programs = new Map(pagePrograms('@asana-audit/core'))
    const runPage = async (page: string): Promise<string> => {
      const path = put('readme-core', `run-${page}.ts`, programs.get(page) ?? '')
      return (await run(path, { ...asana.env, STATE_PATH: 'pages.db' }, { node: exampleNode })).stdout
    }
    const delivered = await runPage('reading-0')
    for (const name of ['first', 'second']) {
      const counts = [...delivered.matchAll(new RegExp(`^${name}: (\\d+) events$`, 'gm'))]
      expect(counts.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(3)
    }
    expect(await runPage('drop-off-0')).toBe('OK\n')
  })

  test('@asana-audit/jsonl', async () => {
    const documented = codeBlocks(readmeOf('@asana-audit/jsonl'), 'text').map((block) => block)
    expect(documented).toContain(await runExample('@asana-audit/jsonl', 0))
  })

  test('@asana-audit/metrics', async () => {
    const asana = await startAsana({ events: [1, 2, 3].map((number) => loginEvent(number)) })
    expect(await runExample('@asana-audit/metrics', 0, asana.env)).toBe('live 3\nbacklog 0\n')
  })

  test('@asana-audit/otlp', async () => {
    const receiver = await startReceiver()
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.origin }
    expect(await runExample('@asana-audit/otlp', 0, env)).toBe('accepted\n')
    expect(receiver.accepted.flat()).toHaveLength(1)
  })

  test('@asana-audit/otlp, from a file back to events', async () => {
    const [, code = ''] = pagePrograms('@asana-audit/otlp').find(([page]) => page === 'files-0') ?? []
    const { stdout } = await run(put('readme-otlp', 'run-files.ts', code), {}, { node: exampleNode })
    const withoutNow = (text: string): string => text.replace(/^ {2}observedTimestamp: .*$/m, '')
    const page = packed('@asana-audit/otlp').files.get('docs/files.md') ?? ''
    expect(codeBlocks(page, 'text').map(withoutNow)).toContain(withoutNow(stdout))
  })

  test('@asana-audit/archive', async () => {
    const asana = await startAsana({ events: [1, 2, 3].map((number) => loginEvent(number)) })
    expect(await runExample('@asana-audit/archive', 0, asana.env)).toBe('{ events: 3, problems: [] }\n')
    expect(await runExample('@asana-audit/archive', 1)).toBe('Map(0) {}\n')
  })

  testWithPostgres('@asana-audit/fleet', async () => {
    const asana = await startAsana({ events: [1, 2, 3].map((number) => loginEvent(number)) })
    const [code = ''] = readmeExample(readmeOf('@asana-audit/fleet')).programs
    const running = execute(exampleNode, [put('readme-fleet', 'run.ts', code)], {
      cwd: join(projects, 'readme-fleet'),
      env: { ...asana.env, DATABASE_URL: await postgres().createDatabase() },
      timeout: 300_000,
    })
    let printed = ''
    running.child.stdout?.on('data', (chunk: string) => {
      printed += chunk
      if (printed.split('\n').length > 3) running.child.kill('SIGTERM')
    })
    const { stdout, stderr } = await running
    expect(stdout.trim().split('\n')).toHaveLength(3)
    expect(stderr).toBe('')
  })

  test('@asana-audit/panther-http', async () => {
    const asana = await startAsana({ events: [1, 2, 3].map((number) => loginEvent(number)) })
    const posts: string[] = []
    const panther = await listen((request, response) => {
      posts.push(`${request.method} ${request.url} ${request.headers.authorization}`)
      request.resume().on('end', () => response.end())
    })
    const env = { ...asana.env, PANTHER_HTTP_URL: `${panther}/http/1`, PANTHER_HTTP_SECRET: 'c0ffee' }
    expect(await runExample('@asana-audit/panther-http', 0, env)).toBe(
      '{ delivered: 3, quarantined: 0, repeats: 0 }\n',
    )
    expect(posts).toContain('POST /http/1 Bearer c0ffee')
  })

  test('@asana-audit/context', async () => {
    const documented = codeBlocks(readmeOf('@asana-audit/context'), 'text')
    expect(documented).toContain(await runExample('@asana-audit/context', 0))
  })

  test('@asana-audit/otel', async () => {
    const asana = await startAsana({ events: [1, 2, 3].map((number) => loginEvent(number)) })
    const receiver = await listen((request, response) =>
      request.resume().on('end', () => response.setHeader('content-type', 'application/json').end('{}')),
    )
    const env = { ...asana.env, OTEL_EXPORTER_OTLP_ENDPOINT: receiver }
    expect(await runExample('@asana-audit/otel', 0, env)).toBe(
      '{ delivered: { delivered: 3, quarantined: 0, repeats: 0 } }\n',
    )
  })

  test('@asana-audit/splunk-hec', async () => {
    const asana = await startAsana({ events: [1, 2, 3].map((number) => loginEvent(number)) })
    const posts: string[] = []
    const splunk = await listen((request, response) => {
      posts.push(`${request.method} ${request.url}`)
      request.resume().on('end', () => response.end('{"text":"Success","code":0}'))
    })
    const env = {
      ...asana.env,
      SPLUNK_HEC_URL: splunk,
      SPLUNK_HEC_TOKEN: 'c0ffee00-0000-4000-8000-000000000001',
    }
    expect(await runExample('@asana-audit/splunk-hec', 0, env)).toBe(
      '{ delivered: 3, quarantined: 0, repeats: 0 }\n',
    )
    expect(posts).toContain('POST /services/collector/event')
  })

  test('@asana-audit/simulator', async () => {
    expect(await runExample('@asana-audit/simulator', 0)).toMatch(/^250 of 250 events /)
  })

  test('@asana-audit/detections', async () => {
    expect(await runExample('@asana-audit/detections', 0)).toBe(
      "medium: Somebody renames the workspace's robot, by ada@example.com\n",
    )
  })

  test('asana-audit', async () => {
    // `verify` and `report` need recent events, because Asana deletes older ones.
    const yesterday = { created_at: new Date(Date.now() - 86_400_000).toISOString() }
    const asana = await startAsana({ events: [1, 2, 3].map((number) => loginEvent(number, yesterday)) })
    const project = join(projects, 'readme-asana-audit')
    const env = {
      ...asana.env,
      HOME: project,
      PATH: [join(project, 'node_modules', '.bin'), dirname(process.execPath), process.env['PATH']].join(':'),
    }
    const lines = readmeExample(readmeOf('asana-audit')).commands.join('').split('\n')
    // Another test runs the simulator of the example; here a server of the tests replaces it.
    const commands = lines.filter((line) => /^asana-audit (?!simulate)/.test(line))
    expect(commands.length).toBeGreaterThanOrEqual(3)
    for (const command of commands) await execute('sh', ['-c', command], { cwd: project, env })
    expect(readFileSync(join(project, 'audit.jsonl'), 'utf8')).toContain('user_login_succeeded')
  })
})

test.each(recipes)('a program of the documentation runs as written: %s', async (file, code) => {
  // These events include every type of the catalogue.
  const asana = await startSimulator({ events: 200 })
  onTestFinished(() => asana.close())
  const env = {
    ASANA_BASE_URL: asana.url,
    ASANA_WORKSPACE: asana.workspace,
    ASANA_TOKEN: 'simulator-token',
    OTEL_EXPORTER_OTLP_ENDPOINT: (await startReceiver()).origin,
  }
  const { stdout } = await run(put('documentation', file, code), env, { node: exampleNode })
  expect(stdout).not.toBe('')
})

test.each(names)('%s brings its pages', (name) => {
  const pages = globSync('docs/*.md', { cwd: join(repository, 'packages', folderOf(name)) })
  const brought = [...packed(name).files.keys()].filter((path) => path.startsWith('docs/'))
  expect(brought.toSorted()).toEqual(pages.toSorted())
})

test('the command takes less than the 5 MB that its README names', () => {
  const { files } = packed('asana-audit')
  const bytes = [...files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  expect(readmeOf('asana-audit')).toContain('takes less than 5 MB')
  expect(bytes).toBeLessThan(5_000_000)
})

test('npm installs all packages into one project, and the command runs', async () => {
  const project = join(folder, 'with-npm')
  await execute('npm', [
    'install',
    ...['--prefix', project, '--prefer-offline', '--no-audit', '--no-fund'],
    ...packages.map(({ tarball }) => tarball),
  ])
  const bin = join(project, 'node_modules', '.bin', 'asana-audit')
  const { stdout } = await execute(process.execPath, [bin, 'schema', '--format', 'json-schema'])
  expect(JSON.parse(stdout)).toHaveProperty('properties.gid')
})

/** The code of a host with its own SDK. */
function besideTelemetry(recordFrom: string): string {
  return `
import { exporterSink } from '@asana-audit/otlp'
import { emit, indicatorProcessor, parseAuditLogEvent, toLogRecord } from '@asana-audit/schema'
import { SplunkHecLogExporter } from '@asana-audit/splunk-hec'
import type { LogRecord } from '${recordFrom}'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  InMemoryLogRecordExporter,
  LoggerProvider,
  type LogRecordExporter,
  type LogRecordProcessor,
  SimpleLogRecordProcessor,
} from '@opentelemetry/sdk-logs'

const parsed = parseAuditLogEvent({
  gid: '1',
  created_at: '2026-01-02T03:04:05.678Z',
  event_type: 'user_login_failed',
  actor: { actor_type: 'user', email: 'ada@example.com' },
})
if ('reason' in parsed) throw new Error(parsed.reason)
const record: LogRecord = toLogRecord(parsed.event)
if (record.attributes === undefined) throw new Error('no attributes')

const logged = new InMemoryLogRecordExporter()
const processor: LogRecordProcessor = indicatorProcessor()
const provider = new LoggerProvider({ processors: [processor, new SimpleLogRecordProcessor({ exporter: logged })] })
emit(provider.getLogger('asana'), parsed.event)
await provider.forceFlush()

const exported = new InMemoryLogRecordExporter()
const sink = exporterSink(exported, { resource: resourceFromAttributes({ 'service.name': 'asana' }) })
await sink.write([toLogRecord(parsed.event)], AbortSignal.timeout(5_000))

const hec: LogRecordExporter = new SplunkHecLogExporter({ url: 'https://splunk.example.com:8088', token: 'none' })
await hec.shutdown()

for (const { eventName, attributes } of [...logged.getFinishedLogRecords(), ...exported.getFinishedLogRecords()]) {
  console.log(eventName, attributes['asana.audit.indicators.email'])
}
`
}

function folderOf(name: string): string {
  return name === 'asana-audit' ? 'cli' : shortName(name)
}

/** The module names that a compiled file imports. */
function importsOf(text: string): string[] {
  const statements = text.matchAll(/^(?:import|export|\}).*? from (['"])(.+?)\1|^import (['"])(.+?)\3/gm)
  const calls = text.matchAll(/\b(?:import|require)\((['"])([^'"\n]+)\1\)/g)
  return [
    ...[...statements].map(([, , from, , bare]) => from ?? bare ?? ''),
    ...[...calls].map(([, , name]) => name ?? ''),
  ]
}

function declarationOf(path: string, specifier: string): string {
  return posix.join(posix.dirname(path), specifier).replace(/\.ts$/, '.d.ts')
}

function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}
