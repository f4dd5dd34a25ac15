import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { namesForTenants, readFleetFile } from '../../src/fleet/read-fleet-file.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const inFolder = temporaryFolder()
const collector = { otlp: { endpoint: 'https://collector.example.com:4318/v1/logs' } }

/** JSON is YAML. */
async function read(document: object, env: Readonly<Record<string, string>> = {}) {
  const path = inFolder('fleet.yaml')
  writeFileSync(path, JSON.stringify(document, undefined, 1))
  return readFleetFile(path, {}, env)
}

async function problemsOf(document: object): Promise<string[]> {
  const reading = await read(document)
  if (!('problems' in reading)) throw new Error('There is no problem.')
  return reading.problems.map(({ setting, message }) => `${setting.replace(/^.*: /, '')} | ${message}`)
}

test('a destination has what the file says of all tenants, and no token of its own', async () => {
  const file = await read(
    {
      state: 'postgres://db.example.com/audit',
      requests_per_minute: 200,
      token_programs: ['vault'],
      destinations: {
        collector,
        siem: { panther_http: { url: 'https://logs.example.com/http/1', secret_env: 'S' } },
      },
      pipeline: {
        base_url: 'https://asana.example.com/api/1.0',
        settled_window: '30m',
        details: 'structured',
      },
    },
    { S: 'secret-of-panther' },
  )
  if ('problems' in file) throw new Error(JSON.stringify(file.problems))
  expect([...file.destinations.keys()]).toEqual(['collector', 'siem'])
  expect(file.values).toMatchObject({
    requests_per_minute: 200,
    token_programs: ['vault'],
    tenant_metrics: false,
  })
  expect(file.destinations.get('collector')).toMatchObject({
    ...{ baseUrl: 'https://asana.example.com/api/1.0', settledWindowMs: 1_800_000, details: 'structured' },
    destination: { kind: 'otlp' },
  })
  expect(file.destinations.get('siem')?.destination.kind).toBe('panther-http')
})

test('without a number, a token makes 1,200 requests a minute, and nothing is listened to', async () => {
  const file = await read({ destinations: { collector } })
  expect(file).toMatchObject({
    values: { requests_per_minute: 1_200, token_programs: [] },
    listen: undefined,
  })
})

test('all problems are told at once, each with what to write instead', async () => {
  const problems = await problemsOf({
    destination: { collector },
    destinations: {
      files: 'file:/tmp/a',
      kept: 'archive:/tmp/b',
      many: ['otlp'],
      wrong: { otlp: { endpoint: 'nonsense', tiemout: 1 } },
    },
    pipeline: { workspace: '1', token_file: '/t', detect: {}, poll: '10s', settled_windw: '30m' },
    requests_per_minute: 'many',
    tail_slots: 0,
  })
  const starts = [
    'destination |',
    'requests_per_minute |',
    'tail_slots |',
    'pipeline.workspace |',
    'pipeline.token_file |',
  ]
  const more = [
    'pipeline.detect |',
    'pipeline.poll |',
    'destinations.files |',
    'destinations.many |',
    'destinations.kept |',
  ]
  for (const start of [...starts, ...more, 'pipeline.settled_windw |'])
    expect(
      problems.filter((one) => one.startsWith(start)),
      start,
    ).toHaveLength(1)
  expect(problems.find((one) => one.startsWith('destinations.files'))).toContain('cannot write one file')
  expect(problems.find((one) => one.startsWith('destinations.kept'))).toContain('one archive')
  expect(problems.find((one) => one.startsWith('destinations.wrong.otlp.tiemout'))).toContain('timeout')
})

test.each([
  [{}, 'It is not set.'],
  [{ destinations: {} }, 'It is not a map with a destination.'],
  [{ destinations: ['otlp'] }, 'It is not a map with a destination.'],
])('%j has no destination, and the message shows one', async (document, message) => {
  const problems = await problemsOf(document)
  expect(problems).toEqual([
    expect.stringMatching(`^destinations \\| ${message}.*destinations: \\{ collector`),
  ])
})

test('what tenants may name is read without the secrets of destinations', () => {
  const path = inFolder('names.yaml')
  const destinations = { a: { splunk_hec: { token_file: '/nowhere' } }, b: 'otlp' }
  const names = (more: object) => {
    writeFileSync(path, JSON.stringify({ destinations, ...more }))
    const problems: never[] = []
    const found = namesForTenants(path, {}, problems)
    expect(problems).toEqual([])
    return found
  }
  expect(names({})).toEqual({ destinations: ['a', 'b'], programs: [] })
  expect(names({ token_programs: ['vault'] })).toMatchObject({ programs: ['vault'] })
  // A worker refuses it, so nothing is known.
  expect(names({ token_programs: 'vault' })).toMatchObject({ programs: undefined })
})
