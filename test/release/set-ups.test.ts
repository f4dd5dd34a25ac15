import { homedir } from 'node:os'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { builtClickHouse } from '../../scripts/clickhouse/location.ts'
import { builtCollectorPath } from '../../scripts/collector/location.ts'
import { kubernetesSchemas, kubernetesTools, programFolder } from '../../scripts/kubernetes/location.ts'
import { builtOpenSearch } from '../../scripts/opensearch/location.ts'
import { builtNfpmPath } from '../../scripts/packages/nfpm.ts'
import { unpackedPrometheus } from '../../scripts/prometheus/location.ts'
import { builtPythonTools } from '../../scripts/python/location.ts'
import { cachedPath } from '../../scripts/setup/parts/cached-path.ts'
import { builtVersitygwPath } from '../../scripts/versitygw/location.ts'
import { builtVictoriaLogsPath } from '../../scripts/victorialogs/location.ts'
import { repository } from '../support/release/packed-packages.ts'

test('what a set-up makes is in the cache folder of the user, which outlives a checkout', () => {
  const env = { XDG_CACHE_HOME: '/var/cache/ada' }
  for (const made of [
    builtClickHouse(env),
    builtCollectorPath(env),
    builtNfpmPath(env),
    ...kubernetesTools.map((name) => programFolder(name, env)),
    builtPythonTools(env),
    kubernetesSchemas(env),
    builtOpenSearch(env),
    unpackedPrometheus(env),
    builtVersitygwPath(env),
    builtVictoriaLogsPath(env),
  ])
    expect(made).toMatch(
      /^\/var\/cache\/ada\/asana-audit\/[a-z-]+-[0-9a-f]{16}(\/(otelcol|nfpm|versitygw|victoria-logs))?$/,
    )
  expect(relative(repository, builtPythonTools({}))).toMatch(/^\.\./)
})

test('without XDG_CACHE_HOME, or with a relative one, it is in ~/.cache', () => {
  for (const env of [{}, { XDG_CACHE_HOME: '' }, { XDG_CACHE_HOME: 'cache' }])
    expect(cachedPath('helm', 'v1', env).startsWith(join(homedir(), '.cache/asana-audit/helm-'))).toBe(true)
})

test('another definition has another path, so nothing old is used for it', () => {
  expect(cachedPath('helm', 'v1', {})).not.toBe(cachedPath('helm', 'v2', {}))
  expect(cachedPath('helm', 'v1', {})).toBe(cachedPath('helm', 'v1', {}))
})
