import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { type Simulator, startSimulator } from '@asana-audit/simulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { logReporter } from '../../src/progress/output/log-reporter.ts'
import { progressReporter } from '../../src/progress/output/progress-reporter.ts'
import { terminalStream } from '../../src/terminal/terminal-stream.ts'
import { type Ran, runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** Clears the screen, sets a title, forges a line, reverses the direction of writing; also with C1 control characters. */
const hostile =
  '\u001b[2J\u001b]0;owned\u0007\r\n✓ forged\u0085\u009b31m\u202e\u2066\u200f\u2028\u2029\u0000x'
const raw = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u

const file = temporaryFolder()
let simulator: Simulator
let answering: Server
let env: Record<string, string> = {}
let elsewhere: Record<string, string> = {}
let archive = ''

beforeAll(async () => {
  simulator = await startSimulator({ events: 30, days: 3 })
  const [first] = simulator.events
  const named = { ...first, gid: `1${hostile}`, event_type: `login${hostile}` }
  simulator.add([
    { ...named, actor: { ...first?.actor, name: hostile }, resource: { name: hostile, gid: hostile } },
    // Malformed: it goes to the quarantine, with its gid.
    { ...named, gid: `2${hostile}`, actor: hostile, created_at: first?.created_at },
  ])
  // Answers every request with an error of hostile text.
  answering = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(400, { 'content-type': 'application/json' })
      const words = { message: hostile, phrase: hostile, help: hostile }
      response.end(JSON.stringify({ ...words, errors: [words], text: hostile, code: 6 }))
    })
  })
  await new Promise<void>((resolve) => answering.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(answering.address() as AddressInfo).port}`
  env = {
    ASANA_BASE_URL: simulator.url,
    ASANA_WORKSPACE: simulator.workspace,
    ASANA_TOKEN: 'simulator-token',
    ASANA_AUDIT_STATE: file('state.db'),
  }
  elsewhere = {
    ...env,
    ASANA_BASE_URL: `${url}/api/1.0`,
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    SPLUNK_HEC_URL: url,
    SPLUNK_HEC_TOKEN: 'hec-token',
    SPLUNK_HEC_ALLOW_PLAIN_HTTP: 'true',
  }
  archive = file('archive.jsonl')
  await runCommand(['run', '--once', '--to', `file:${archive}`, '--name', 'main'], env)
  const state = sqliteState({ path: file('state.db') })
  const claim = await state.claim(`pipeline ${hostile}`)
  await (await claim.lane('live', 'f')).commit({
    cursor: '{"v":1}',
    delivered: [],
    quarantined: [{ kind: 'rejected', id: hostile, code: hostile, reason: hostile, event: { gid: hostile } }],
  })
  await claim.release()
  await state.close()
}, 60_000)
afterAll(async () => {
  answering.closeAllConnections()
  answering.close()
  await simulator.close()
})

function expectHarmless({ stdout, stderr }: Pick<Ran, 'stdout' | 'stderr'>): void {
  expect(stdout + stderr).not.toBe('')
  for (const line of `${stdout}\n${stderr}`.replaceAll('\r\n', '\n').split('\n')) {
    expect(raw.exec(line)?.index, JSON.stringify(line)).toBeUndefined()
    expect(line).not.toMatch(/^✓ forged/)
  }
}

const reading = [
  ['query', '--output', 'table'],
  ['query', '--output', 'csv'],
  ['query', '--json'],
  ['query', '--format', 'otlp'],
  ['query', '--count-by', 'actor,event_type'],
  ['query', '--from', '{archive}'],
  ['convert', '--format', 'ecs', '{archive}'],
  ['detect', '--from', '{archive}', '--level', 'informational', '--json'],
  ['state', 'show'],
  ['state', 'show', '--json'],
  ['state', 'export'],
  ['quarantine', 'list'],
  ['quarantine', 'list', '--json'],
  ['quarantine', 'show', '1'],
  ['quarantine', 'show', '2', '--json'],
  ['quarantine', 'show', hostile.replaceAll('\0', '')],
  ['quarantine', 'discard', '99'],
  ['state', 'rewind', '--to', '1d'],
  ['verify', '--to', 'stdout', '--name', 'typo'],
  ['verify', '--to', 'file:{archive}', '--name', 'main', '--json'],
  ['check', '--to', 'stdout'],
  ['run', '--once', '--log', 'human', '--to', 'file:{archive}', '--name', 'again'],
  ['run', '--once', '--log', 'json', '--to', 'file:{archive}', '--name', 'once more'],
]

test.for(reading)(
  'hostile text in events and in the state does nothing to a terminal: %s %s',
  async (args) => {
    const given = args.map((arg) => arg.replace('{archive}', archive))
    expectHarmless(await runCommand(given, env))
  },
)

const refused = [
  ['check', '--to', 'otlp'],
  ['check', '--to', 'splunk-hec', '--json'],
  ['run', '--once', '--log', 'human', '--to', 'stdout'],
  ['run', '--once', '--log', 'json', '--to', 'stdout'],
  ['backfill', '--dry-run', '--to', 'stdout'],
  ['verify', '--to', 'file:{archive}', '--name', 'main'],
  ['query'],
]

test.for(refused)(
  'hostile text in an answer of Asana or of a destination does nothing to a terminal: %s %s %s',
  async (args) => {
    const given = args.map((arg) => arg.replace('{archive}', archive))
    expectHarmless(await runCommand([...given, ...(args[0] === 'run' ? ['--name', 'x'] : [])], elsewhere))
  },
)

test.for(['otlp', 'splunk-hec'])(
  'hostile text in the refusal of a destination does nothing to a terminal: %s',
  async (to) => {
    const there = { ...elsewhere, ASANA_BASE_URL: simulator.url, ASANA_AUDIT_STATE: file(`${to}.db`) }
    expectHarmless(await runCommand(['run', '--once', '--log', 'human', '--to', to], there))
  },
)

test.each([true, false])(
  'records on standard output are escaped if it is a terminal, and unchanged if not (terminal: %s)',
  async (isTTY) => {
    const records: string[] = []
    const stream = {
      isTTY,
      write: (bytes: Uint8Array, done: () => void) => {
        records.push(Buffer.from(bytes).toString())
        done()
      },
      on: () => undefined,
      off: () => undefined,
    }
    const line = `${JSON.stringify({ name: hostile })}\n`
    await new Promise<void>((resolve) => terminalStream(stream).write(Buffer.from(line), () => resolve()))
    expect(raw.test(records.join('').trimEnd())).toBe(!isTTY)
    expect(JSON.parse(records.join(''))).toEqual({ name: hostile })
  },
)

describe('a reporter', () => {
  const lane = { pipeline: `main ${hostile}`, lane: 'live' }
  const facts = [
    { type: 'paused', part: 'sink', code: 'x', message: hostile, waitMs: 1 },
    { type: 'retrying', part: 'sink', code: 'x', message: hostile, failures: 1, waitMs: 1 },
    { type: 'healed', reason: hostile, restartAt: hostile },
    { type: 'quarantined', id: hostile, code: 'x', reason: hostile },
    { type: 'quarantined', id: hostile, code: 'x', reason: hostile },
    { type: 'late', id: hostile, delayMs: 1 },
    { type: 'first_sight', kind: 'event_type', value: hostile, id: hostile },
  ] as never[]

  test.for([undefined, 60])('writes no control character of a fact, with %s columns', (columns) => {
    let stderr = ''
    const output = {
      isTTY: columns !== undefined,
      write: (text: string) => {
        stderr += text
        return true
      },
      ...(columns !== undefined && { columns }),
    }
    let clock = 0
    const now = (): number => {
      clock += 5_000
      return clock
    }
    for (const reporter of [
      progressReporter({ output: output as never, now }),
      logReporter(output as never, now),
    ]) {
      reporter.started([lane], hostile)
      for (const fact of facts) reporter.fact(lane, fact)
      reporter.warning(lane.pipeline, { code: 'x', message: hostile })
      reporter.failed({ code: 'x', message: hostile } as never, lane.pipeline)
      reporter.finished([
        { pipeline: lane.pipeline, delivered: { delivered: 0, quarantined: 0, repeats: 0 } },
      ])
    }
    // The sequence that we write ourselves: to the first column, up, and clear to the end.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what is looked for
    expectHarmless({ stdout: '', stderr: stderr.replaceAll(/\r\x1b\[\d+A\x1b\[J/g, '') })
  })
})
