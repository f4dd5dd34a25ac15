import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, vi } from 'vitest'
import { startOwnCollector } from '../support/collector/own-collector.ts'
import { simulate, testWith } from '../support/collector/suite.ts'
import { runCommand, temporaryFolder } from '../support/commands/run-command.ts'
import { codeBlocks } from '../support/pages/readme-example.ts'
import { repository } from '../support/release/packed-packages.ts'
import { listen } from '../support/servers/listen.ts'

// How a person finds out that a Collector changes records, as examples/collector/README.md says it.

const example = (name: string): string => readFileSync(join(repository, 'examples/collector', name), 'utf8')
const [look = ''] = codeBlocks(example('README.md'), 'yaml')
const patient = { timeout: 120_000, interval: 100 }

const testChanges = testWith('otlp', 'otlp_http', 'memory_limiter', 'file_storage', 'file', 'transform')

/** Delivers through a Collector that writes what leaves it, and says what the command of the page finds in that. */
async function lookedAt(...more: readonly string[]): Promise<string> {
  const backend = await listen((_, response) => void response.writeHead(200).end())
  const folder = temporaryFolder()
  const file = join(folder, 'look.jsonl')
  const env = { COLLECTOR_STORAGE: join(folder, 'queue'), BACKEND_ENDPOINT: backend, LOOK_FILE: file }
  const collector = await startOwnCollector([example('collector.yaml'), look, ...more], env)
  const { simulator, env: asana } = await simulate({ events: 20 })
  const args = ['run', '--once', '--to', 'otlp', '--state', join(folder, 'state.db')]
  const delivered = await runCommand(args, {
    env: { ...asana, OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin },
  })
  expect(delivered).toMatchObject({ code: 0 })
  await vi.waitFor(() => {
    const written = existsSync(file) ? readFileSync(file, 'utf8') : ''
    expect(simulator.events.filter(({ gid }) => !written.includes(gid))).toEqual([])
    expect(written.endsWith('\n')).toBe(true)
  }, patient)
  const { code, stdout, stderr } = await runCommand(['convert', '--format', 'event', file])
  expect(code).toBe(0)
  expect(stdout.trimEnd().split('\n').length).toBe(simulator.events.length)
  return stderr
}

testChanges('of a Collector that changes nothing, nothing is said', async () => {
  expect(await lookedAt()).toBe('')
})

testChanges('a Collector that deletes and renames attributes is found, with the names', async () => {
  const transform = `
processors:
  transform:
    log_statements:
      - delete_key(log.attributes, "log.record.uid")
      - set(log.attributes["email"], log.attributes["user.email"])
      - delete_key(log.attributes, "user.email")
service:
  pipelines:
    logs/audit:
      processors: [memory_limiter, transform]
`
  const said = await lookedAt(transform)
  expect(said).toMatch(
    /^20 records of the input did not arrive as written: missing or changed: log\.record\.uid, user\.email\./,
  )
  expect(said).toContain('a processor of a Collector')
})
