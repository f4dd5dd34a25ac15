import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { auditResourceAttributes, auditScope } from '../src/index.ts'

const root = new URL('../', import.meta.url)

test('the scope and the resource name this version of this package', () => {
  expect(auditScope).toEqual({
    name: manifest.name,
    version: manifest.version,
    schemaUrl: 'https://opentelemetry.io/schemas/1.45.0',
  })
  expect(auditResourceAttributes({ workspace: '12' })).toEqual({
    'service.name': 'asana',
    'asana.workspace.gid': '12',
    'telemetry.distro.name': 'asana-audit',
    'telemetry.distro.version': manifest.version,
  })
  expect(auditResourceAttributes({ workspace: '12', serviceName: 'asana-eu' })['service.name']).toBe(
    'asana-eu',
  )
})

test('no source imports an OpenTelemetry package, so the declarations need none', () => {
  const sources = readdirSync(new URL('src/', root), { recursive: true, encoding: 'utf8' })
  const files = sources.filter((file) => file.endsWith('.ts'))
  expect(files).toContain('index.ts')
  for (const file of files) {
    const imports =
      readFileSync(new URL(`src/${file}`, root), 'utf8').match(/(?:from|import\() *'[^']+'/g) ?? []
    expect(imports.filter((line) => line.includes('@opentelemetry/'))).toEqual([])
  }
})

test('the example of the README runs and prints what it says', async () => {
  const [, code, output] =
    /```ts\n(.*?)```.*?```text\n(.*?)```/s.exec(readFileSync(new URL('README.md', root), 'utf8')) ?? []
  const run = promisify(execFile)(
    process.execPath,
    ['--input-type=module-typescript', '--eval', code ?? ''],
    { cwd: root },
  )
  expect((await run).stdout).toBe(output)
})
