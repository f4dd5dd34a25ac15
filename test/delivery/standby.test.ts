import { expect, vi } from 'vitest'
import { logLines, type Running, startCommand } from '../support/commands/run-command.ts'
import { type OtlpReceiver, startReceiver } from '../support/otlp/otlp-receiver.ts'
import { postgresOfFile, testWithPostgres as test } from '../support/postgres/suite.ts'
import { type AsanaServer, gidOf, loginEvent, startAsana } from '../support/servers/asana-server.ts'

const postgres = postgresOfFile()
const patient = { timeout: 280_000, interval: 50 }
const numbers = (from: number, until: number): number[] =>
  Array.from({ length: until - from }, (_, index) => from + index)

function arrived({ accepted }: OtlpReceiver): Set<unknown> {
  return new Set(accepted.flat().map(({ attributes }) => attributes.get('log.record.uid')))
}

async function haveArrived(receiver: OtlpReceiver, until: number): Promise<void> {
  await vi.waitFor(() => expect(arrived(receiver)).toEqual(new Set(numbers(0, until).map(gidOf))), patient)
}

/** Starts runs of one pipeline with one new state. */
async function newRuns(
  asana: AsanaServer,
  receiver: OtlpReceiver,
): Promise<(...more: readonly string[]) => Running> {
  const env = { ...asana.env, ...receiver.env, ASANA_AUDIT_STATE: await postgres().createDatabase() }
  const args = ['run', '--to', 'otlp', '--name', 'main', '--poll', '1s', '--log', 'json']
  return (...more) => startCommand([...args, ...more], { env })
}

/** Waits until the log of a run has a line with this message or code. */
async function hasSaid(run: Running, what: string, times = 1): Promise<void> {
  await vi.waitFor(() => {
    const lines = logLines(run.stderr().replace(/[^\n]*$/, ''))
    const found = lines.filter((line) => line['message'] === what || line['code'] === what)
    expect(found.length, run.stderr()).toBeGreaterThanOrEqual(times)
  }, patient)
}

test('a second run stands by, takes over from one that was killed, and loses no event', async () => {
  const events = numbers(0, 50).map((number) => loginEvent(number))
  const [asana, receiver] = [await startAsana({ events }), await startReceiver()]
  const start = await newRuns(asana, receiver)
  const first = start()
  await haveArrived(receiver, 50)
  const second = start()
  await hasSaid(second, 'stands_by')
  first.child.kill('SIGKILL')
  for (const number of numbers(50, 80)) events.push(loginEvent(number))
  await haveArrived(receiver, 80)
  second.child.kill('SIGTERM')
  expect((await second.finished).code).toBe(0)
})

test('a run that stood still has its commits refused when it goes on, stands by, and takes over again', async () => {
  const events = numbers(0, 20).map((number) => loginEvent(number))
  const asana = await startAsana({ events })
  /** The first run has a write under way when it is stopped. */
  let release: (() => void) | undefined
  const receiver = await startReceiver({
    instead: (response, { logs }) => {
      if (release || !logs.some(({ attributes }) => attributes.get('log.record.uid') === gidOf(20)))
        return false
      release = () => void response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
      return true
    },
  })
  const start = await newRuns(asana, receiver)
  const first = start()
  await haveArrived(receiver, 20)
  const second = start()
  await hasSaid(second, 'stands_by')
  events.push(loginEvent(20))
  await vi.waitFor(() => expect(release).toBeDefined(), patient)
  first.child.kill('SIGSTOP')
  // What the first has sent without an answer comes again from the second.
  await haveArrived(receiver, 21)
  release?.()
  first.child.kill('SIGCONT')
  await hasSaid(first, 'stands_by')
  expect(first.stderr()).toContain('has taken over the pipeline')
  for (const number of numbers(21, 40)) events.push(loginEvent(number))
  await haveArrived(receiver, 40)
  second.child.kill('SIGKILL')
  for (const number of numbers(40, 60)) events.push(loginEvent(number))
  await haveArrived(receiver, 60)
  first.child.kill('SIGTERM')
  expect((await first.finished).code).toBe(0)
})

test('run --once beside a runner ends with what to do, as with a state in a file', async () => {
  const asana = await startAsana({ events: [loginEvent(0)] })
  const receiver = await startReceiver()
  const start = await newRuns(asana, receiver)
  start()
  await haveArrived(receiver, 1)
  const { code, stderr } = await start('--once').finished
  expect(code).toBe(1)
  expect(stderr).toContain('already_running')
})
