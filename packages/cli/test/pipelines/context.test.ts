import { readFileSync, writeFileSync } from 'node:fs'
import { type Simulator, startSimulator } from '@asana-audit/simulator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type MmdbOptions, mmdb } from '../../../../test/support/data/mmdb.ts'
import { startReceiver } from '../../../../test/support/otlp/otlp-receiver.ts'
import { objectsIn, textOf } from '../../../archive/test/support/archive-folder.ts'
import { type Ran, runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const file = temporaryFolder()
let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator({ events: 150 })
  const country = { country: { iso_code: 'DE' }, continent: { code: 'EU' } }
  database('city.mmdb', { '203.0.113.0/24': country, '2001:db8::/32': country })
  const network = { autonomous_system_number: 64_496, autonomous_system_organization: 'Example Net' }
  database('asn.mmdb', { '203.0.113.0/24': network }, { type: 'GeoLite2-ASN' })
})
afterAll(() => simulator.close())

function database(name: string, entries: Parameters<typeof mmdb>[0], options?: MmdbOptions): void {
  writeFileSync(file(name), mmdb(entries, options))
}

const flags = (): string[] => [
  '--parse-user-agent',
  ...['--geo-file', file('city.mmdb')],
  ...['--asn-file', file('asn.mmdb')],
]

const base = (): Record<string, string> => ({
  ASANA_BASE_URL: simulator.url,
  ASANA_WORKSPACE: simulator.workspace,
  ASANA_TOKEN: 'simulator-token',
  ASANA_AUDIT_STATE: file(`${crypto.randomUUID()}.db`),
})

function run(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  return runCommand(['run', '--once', '--log', 'human', ...args], { ...base(), ...env })
}

type Plain = Readonly<Record<string, unknown>>
const lines = (text: string): Plain[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Plain)

/** Events from an office, of which the databases know something. */
const known = (event: Plain): boolean => {
  const { client_ip_address: address } = (event['context'] ?? {}) as Plain
  return typeof address === 'string' && address.startsWith('203.0.113.')
}

test('records have what is known of the client, and only those of known addresses', async () => {
  const receiver = await startReceiver()
  const { code, stderr } = await run(['--to', 'otlp', ...flags()], {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.origin,
  })
  expect(stderr).not.toContain('!')
  expect(code).toBe(0)
  const records = receiver.accepted.flat().map(({ attributes }) => Object.fromEntries(attributes))
  expect(records).toHaveLength(150)
  const place = { 'geo.country.iso_code': 'DE', 'geo.continent.code': 'EU' }
  const network = { 'as.number': 64_496, 'as.organization.name': 'Example Net' }
  let offices = 0
  for (const attributes of records) {
    const address = String(attributes['client.address'] ?? '')
    const isOffice = address.startsWith('203.0.113.')
    if (isOffice) offices += 1
    if (isOffice) expect(attributes).toMatchObject({ ...place, ...network })
    else expect(attributes).not.toHaveProperty(['as.number'])
    expect('geo.country.iso_code' in attributes).toBe(isOffice || address.startsWith('2001:db8:'))
    expect('user_agent.name' in attributes).toBe('user_agent.original' in attributes)
  }
  expect(offices).toBeGreaterThan(10)
})

test.each([
  ['event', (line: Plain) => line['asana_audit_context']],
  ['panther', (line: Plain) => line['asana_audit_context']],
  ['ecs', (line: Plain) => (line['source'] as Plain)['geo']],
  ['ocsf', (line: Plain) => (line['src_endpoint'] as Plain)['location']],
  ['cim', (line: Plain) => line['geo.country.iso_code']],
  ['udm', (line: Plain) => (line['additional'] as Plain)['geo.country.iso_code']],
  ['asim', (line: Plain) => (line['AdditionalFields'] as Plain)['geo.country.iso_code']],
])('lines of the dialect %s have it, of a run and of convert', async (dialect, contextOf) => {
  const events = file('events.jsonl')
  writeFileSync(events, simulator.events.map((event) => JSON.stringify(event)).join('\n'))
  const path = file(`${dialect}.jsonl`)
  const { code, stderr } = await run(['--to', `file:${path}`, '--format', dialect, ...flags()])
  expect(code, stderr).toBe(0)
  const written = new Map(lines(readFileSync(path, 'utf8')).map((line) => [gidOf(line), line]))
  const offices = simulator.events.filter((event) => known(event as unknown as Plain))
  for (const { gid } of offices) expect(contextOf(written.get(gid)!)).toBeTruthy()
  const { stdout } = await runCommand(['convert', '--format', dialect, events, ...flags()])
  const converted = lines(stdout)
  expect(converted.filter((line) => JSON.stringify(line).includes('DE')).length).toBeGreaterThanOrEqual(
    offices.length,
  )
})

function gidOf(line: Plain): string {
  const { uid } = (line['metadata'] ?? {}) as Plain
  const { id } = (line['event'] ?? {}) as Plain
  const { product_log_id: logId } = (line['metadata'] ?? {}) as Plain
  return String(line['gid'] ?? uid ?? id ?? logId ?? line['EventOriginalUid'] ?? line['id'])
}

test('an event with a context is the same event when it is read again', async () => {
  writeFileSync(file('one.jsonl'), JSON.stringify(simulator.events.find((event) => known(event as never))))
  const convert = async (from: string, more: readonly string[]): Promise<string> => {
    const { code, stdout } = await runCommand(['convert', '--format', 'event', from, ...more])
    expect(code).toBe(0)
    return stdout
  }
  const plain = await convert(file('one.jsonl'), [])
  const whole = await convert(file('one.jsonl'), flags())
  expect(whole).toContain('asana_audit_context')
  writeFileSync(file('whole.jsonl'), whole)
  expect(await convert(file('whole.jsonl'), [])).toBe(plain)
})

test('an archive is the same with and without a context, which a warning says, and verify finds no difference', async () => {
  const state = { ASANA_AUDIT_STATE: file('archive.db') }
  const [plain, whole] = [file('plain'), file('whole')]
  expect((await run(['--to', `archive:${plain}`])).code).toBe(0)
  const { code, stderr } = await run(['--to', `archive:${whole}`, ...flags()], state)
  expect(code).toBe(0)
  expect(stderr).toContain('an archive keeps events as Asana sent them')
  const linesIn = async (folder: string): Promise<string[]> => {
    const texts = (await objectsIn(folder)).map((key) => textOf(folder, key))
    return (await Promise.all(texts)).join('').split('\n').sort()
  }
  expect(await linesIn(whole)).toEqual(await linesIn(plain))
  const verified = await runCommand(['verify', '--to', `archive:${whole}`], { ...base(), ...state })
  expect(verified.code).toBe(0)
})

test('files that cannot be used end the command with all their problems and status 2', async () => {
  writeFileSync(file('broken.mmdb'), 'half a download')
  const { code, stderr } = await run([
    ...['--to', 'stdout'],
    ...['--geo-file', file('broken.mmdb')],
    ...['--asn-file', file('none.mmdb')],
  ])
  expect(code).toBe(2)
  expect(stderr).toMatch(
    /--geo-file\n\s+The file .+broken.mmdb is no MaxMind DB, or not a whole one. Download it/,
  )
  expect(stderr).toMatch(
    /--asn-file\n\s+The file .+none.mmdb cannot be read \(ENOENT\). Download it, or give/,
  )
  const settings = file('p.yaml')
  const context = '{ geo_file: asn.mmdb, user_agents: true }'
  writeFileSync(settings, `pipelines: [{ workspace: "1", to: stdout, context: ${context} }]`)
  const checked = await runCommand(['config', 'check', settings], { ASANA_TOKEN: 't' })
  expect(checked.code).toBe(2)
  const said = checked.stderr + checked.stdout
  expect(said).toMatch(/context\.geo_file\n\s+The file .+asn.mmdb is of the type GeoLite2-ASN. Give a City/)
  expect(said).toContain('context.user_agents')
})

test('with a file of settings, the flags are refused', async () => {
  writeFileSync(file('q.yaml'), 'pipelines: [{ workspace: "1", to: stdout }]')
  const { code, stderr } = await run(['--config', file('q.yaml'), '--parse-user-agent'])
  expect(code).toBe(2)
  expect(stderr).toMatch(/--parse-user-agent\n\s+With --config, pipelines are described only in the file/)
})
