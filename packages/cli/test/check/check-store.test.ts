import { expect, test } from 'vitest'
import { checked } from '../support/checked-store.ts'
import {
  lokiBuild as build,
  loki,
  lokiConfig,
  metricsOf,
  startStore,
  victoriaLogs,
} from '../support/otlp-store.ts'

test('a VictoriaLogs that keeps less than the history is named, with the flag and both ways out', async () => {
  const store = await startStore(victoriaLogs, { '/metrics': metricsOf({ retentionPeriod: '7d' }) })
  const { found, warnings } = await checked(store.url)
  expect(found).toMatchObject({
    ok: true,
    message: expect.stringContaining('that it is VictoriaLogs v1.52.1.'),
  })
  expect(warnings).toEqual([
    {
      code: 'store_drops_old',
      message: expect.stringMatching(
        /answers 200 to events older than 7d \(-retentionPeriod\) and drops them, and this pipeline begins 90 days back.*-retentionPeriod=100d.*set since to less than 7d/,
      ),
    },
  ])
})

test.each([
  ['as long as Asana', { retentionPeriod: '90d' }, undefined],
  ['for months', { retentionPeriod: '3' }, undefined],
  ['for months, with the letter', { retentionPeriod: '3M' }, undefined],
  ['for a year, in two units', { retentionPeriod: '364d24h' }, undefined],
  ['a week, and the pipeline begins there', { retentionPeriod: '1w' }, '7d'],
  ['a time that nobody can read', { retentionPeriod: 'soon' }, undefined],
  [
    '100 days, without a limit of its own for late events',
    { retentionPeriod: '100d', maxBackfillAge: '0' },
    undefined,
  ],
])('a VictoriaLogs that keeps events %s gets no warning', async (_, flags, since) => {
  const store = await startStore(victoriaLogs, { '/metrics': metricsOf(flags) })
  expect((await checked(store.url, since)).warnings).toEqual([])
})

test.each([
  ['v1.49.0', 1],
  ['v1.9.1', 1],
  ['v1.50.0', 0],
  ['v1.120.3', 0],
  ['', 0],
])('VictoriaLogs %s gets %i warnings about its version', async (version, count) => {
  const metrics = metricsOf({ retentionPeriod: '100d' }).replaceAll('v1.52.1', version)
  const store = await startStore(victoriaLogs, { '/metrics': metrics })
  const { warnings } = await checked(store.url)
  expect(warnings.map(({ code }) => code)).toEqual(Array.from({ length: count }, () => 'store_version'))
})

test('an old VictoriaLogs is called old, and to be updated, before anything else is said of it', async () => {
  const metrics = metricsOf({ retentionPeriod: '7d' }).replaceAll('v1.52.1', 'v1.49.0')
  const { warnings } = await checked((await startStore(victoriaLogs, { '/metrics': metrics })).url)
  expect(warnings[0]?.message).toMatch(
    /^VictoriaLogs v1\.49\.0 is too old: update it to v1\.50\.0 or later\./,
  )
})

test('the flag that leaves out most is named', async () => {
  const flags = { retentionPeriod: '30d', maxBackfillAge: '1h' }
  const store = await startStore(victoriaLogs, { '/metrics': metricsOf(flags) })
  const { warnings } = await checked(store.url)
  expect(warnings).toMatchObject([
    { message: expect.stringMatching(/older than 1h \(-maxBackfillAge\).*without -maxBackfillAge/) },
  ])
})

test('a VictoriaLogs that keeps logs on other nodes says so, and its own retention is not taken for theirs', async () => {
  const flags = { retentionPeriod: '7d', storageNode: 'vlstorage-1:9428' }
  const store = await startStore(victoriaLogs, { '/metrics': metricsOf(flags) })
  const { found, warnings } = await checked(store.url)
  expect(found.message).toContain('on other nodes')
  expect(warnings).toEqual([])
})

const oldBuild = build.replace('3.5.1', '2.9.4')
const longBuild = build.replace('3.5.1', '3'.repeat(10_000))

const takesAll = 'reject_old_samples: false\n  reject_old_samples_max_age: 1w'

test('a Loki that refuses a part of the history is named, with the setting', async () => {
  const limits =
    'reject_old_samples: true\n  reject_old_samples_max_age: 1w\n  max_structured_metadata_size: 64KB'
  const store = await startStore(loki, {
    '/loki/api/v1/status/buildinfo': build,
    '/config': lokiConfig(limits),
  })
  const { found, warnings } = await checked(store.url)
  expect(found.message).toContain(
    'Loki 3.5.1, and that it refuses records with more than 64KB of structured metadata.',
  )
  expect(warnings).toEqual([
    {
      code: 'store_refuses_old',
      message: expect.stringMatching(
        /older than 1w \(reject_old_samples_max_age\).*90 days back.*reject_old_samples: false/,
      ),
    },
  ])
  expect((await checked(store.url, '7d')).warnings).toEqual([])
})

test('a Loki that takes no structured metadata refuses every record, and is named with the setting', async () => {
  const pages = { '/config': lokiConfig(`${takesAll}\n  allow_structured_metadata: false`) }
  const { warnings } = await checked((await startStore(loki, pages)).url)
  expect(warnings).toEqual([
    {
      code: 'store_refuses_all',
      message: expect.stringMatching(/every record.*allow_structured_metadata: false.*Set it to true.*v13/),
    },
  ])
  const allowed = { '/config': lokiConfig(`${takesAll}\n  allow_structured_metadata: true`) }
  expect((await checked((await startStore(loki, allowed)).url)).warnings).toEqual([])
})

test.each([
  ['2.9.4', 1],
  ['v2.9.14', 1],
  ['3.0.0', 0],
  ['10.0.0', 0],
  ['main-ab12cd3', 0],
  ['k210', 0],
])('Loki %s gets %i warnings about its version', async (version, count) => {
  const pages = {
    '/loki/api/v1/status/buildinfo': build.replace('3.5.1', version),
    '/config': lokiConfig(takesAll),
  }
  const { warnings } = await checked((await startStore(loki, pages)).url)
  expect(warnings.map(({ code }) => code)).toEqual(Array.from({ length: count }, () => 'store_version'))
})

test.each([
  [
    loki,
    404,
    { '/loki/api/v1/status/buildinfo': oldBuild },
    /^Loki takes OTLP from 3\.0\.0 on, and this is 2\.9\.4: update it\./,
  ],
  ...([400, 404] as const).map(
    (status) =>
      [
        victoriaLogs,
        status,
        { '/metrics': metricsOf({ retentionPeriod: '7d' }).replaceAll('v1.52.1', 'v0.9.1') },
        /^VictoriaLogs v0\.9\.1 is too old: update it to v1\.50\.0 or later\./,
      ] as const,
  ),
] as const)(
  'an old store that does not know the path %s is named by its version',
  async (endpoint, status, pages, said) => {
    const { found } = await checked((await startStore(endpoint, pages, status)).url)
    expect(found).toMatchObject({ ok: false, code: 'store_version', message: expect.stringMatching(said) })
    expect(found.message).toContain(`answered ${status}.`)
  },
)

test.each([
  ['is new enough', build, 404, 'not_found'],
  ['is old and down', oldBuild, 503, 'unavailable'],
  ['does not tell its version', '<html>', 404, 'not_found'],
])('what a store answers stands, if it %s', async (_, page, status, code) => {
  const store = await startStore(loki, { '/loki/api/v1/status/buildinfo': page }, status)
  expect((await checked(store.url)).found).toMatchObject({ ok: false, code })
})

test('a Loki that takes old events gets no warning', async () => {
  const store = await startStore(loki, { '/config': lokiConfig(takesAll) })
  const { found, warnings } = await checked(store.url)
  expect(found.message).toContain('that it is Loki.')
  expect(warnings).toEqual([])
})

test('of a Loki that hides its limits, the warning names the default as one', async () => {
  const store = await startStore(loki, { '/loki/api/v1/status/buildinfo': build })
  expect((await checked(store.url)).warnings).toMatchObject([
    {
      code: 'store_limits_unknown',
      message: expect.stringContaining('By default it refuses events older than a week'),
    },
  ])
  expect((await checked(store.url, '7d')).warnings).toEqual([])
})

test.each([
  ['nothing', victoriaLogs, {}],
  ['a login page', victoriaLogs, { '/metrics': '<html>Sign in</html>' }],
  ['metrics of a relay', victoriaLogs, { '/metrics': 'vl_rows_ingested_total 1' }],
  ['a login page', loki, { '/config': '<html>: [', '/loki/api/v1/status/buildinfo': '<html>' }],
  ['a page that a reader of YAML stumbles over', loki, { '/config': 'message: *denied*\n' }],
  ['a page that is far too long', loki, { '/config': lokiConfig(` x: y\n`.repeat(200_000)) }],
  ['a version that is far too long', loki, { '/loki/api/v1/status/buildinfo': longBuild }],
  ['the configuration of something else', loki, { '/config': 'limits:\n  reject_old_samples: true\n' }],
])('an endpoint that answers with %s is called no store (%s)', async (_, endpoint, pages) => {
  const store = await startStore(endpoint, pages)
  const { found, warnings } = await checked(store.url)
  expect(found).toMatchObject({ ok: true, message: expect.not.stringContaining('says that it is') })
  expect(warnings).toEqual([])
})

test('pages are asked for below the prefix of the endpoint, without the headers of the destination', async () => {
  const pages = { '/logs/metrics': metricsOf({ retentionPeriod: '100d' }) }
  const store = await startStore(`/logs${victoriaLogs}`, pages)
  expect((await checked(store.url)).found.message).toContain('VictoriaLogs')
  expect(store.asked).toEqual(['/logs/metrics'])
  expect(store.secrets).toEqual([undefined])
})

test('pages are asked for at the host of the endpoint, also if its path begins with two slashes', async () => {
  const store = await startStore(`/${loki}`, { '//config': lokiConfig(takesAll) })
  expect((await checked(store.url)).found.message).toContain('that it is Loki.')
  expect(store.asked).toEqual(['//loki/api/v1/status/buildinfo', '//config'])
})

test('metrics that do not end what they begin are read at once', async () => {
  const lines = `${metricsOf({ retentionPeriod: '100d' }).replace('vm_app_version', 'x')}\n`
  const store = await startStore(victoriaLogs, {
    '/metrics': lines + 'vm_app_version{\n'.repeat(60_000),
  })
  expect((await checked(store.url)).found.message).toContain('that it is VictoriaLogs.')
})

test('a receiver that looks like no store is asked for nothing', async () => {
  const store = await startStore('/v1/logs', {})
  expect((await checked(store.url)).found).toMatchObject({ ok: true })
  expect(store.asked).toEqual([])
})
