import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { asanaBackfillCursor } from '@asana-audit/core/backlog'
import { hourMs, hourOf } from '@asana-audit/core/ledger'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { expect, test } from 'vitest'
import { runCommand } from '../support/run-command.ts'
import { type TestPipeline, testPipeline } from '../support/test-pipeline.ts'

/** A pipeline into a collector that takes whatever it is sent. */
async function intoCollector(): Promise<TestPipeline> {
  const pipeline = await testPipeline({ events: 600, days: 20 })
  const collector = createServer((request, response) => request.resume().on('end', () => response.end()))
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
  const { port } = collector.address() as AddressInfo
  const env = { ...pipeline.env, OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` }
  const to = ['--to', 'otlp', '--name', 'main']
  return {
    ...pipeline,
    ...{ env, to },
    command: (...args) => runCommand([...args, ...to], env),
    async [Symbol.asyncDispose]() {
      collector.closeAllConnections()
      collector.close()
      await pipeline[Symbol.asyncDispose]()
    },
  }
}

const from = ({ simulator }: TestPipeline): number =>
  hourOf(Date.parse(simulator.events[100]?.created_at ?? '')) + hourMs
const backfill = (pipeline: TestPipeline, ...more: string[]): ReturnType<typeof runCommand> =>
  pipeline.command('backfill', '--since', new Date(from(pipeline)).toISOString(), ...more)

test('a backfill that delivered nothing is not missing in verify, and can be resumed or restarted', async () => {
  await using pipeline = await intoCollector()
  const { env, command } = pipeline
  const unreachable = (...more: string[]): ReturnType<typeof runCommand> => {
    const nowhere = { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }
    return backfill(
      { ...pipeline, command: (...args) => runCommand([...args, ...pipeline.to], nowhere) },
      ...more,
    )
  }
  expect((await command('run', '--once')).code).toBe(0)
  expect((await unreachable('--give-up-after', '1s')).code).toBe(1)

  const verified = await command('verify')
  expect(verified, verified.stdout).toMatchObject({ code: 0 })
  expect(verified.stdout).toContain('is not finished yet')
  const again = await backfill(pipeline)
  expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('--resume') })
  expect((await unreachable('--restart')).code).toBe(1)
  expect((await backfill(pipeline, '--resume')).code).toBe(0)
  await expectWholeLedger(pipeline)
})

test('a backfill that ended before its hours were reopened reopens them when it is resumed', async () => {
  await using pipeline = await intoCollector()
  const { env, command } = pipeline
  expect((await command('run', '--once')).code).toBe(0)
  const state = sqliteState({ path: env['ASANA_AUDIT_STATE'] ?? '' })
  const claim = await state.claim('main')
  const [since, until] = [from(pipeline), from(pipeline) + 200 * hourMs].map((time) =>
    new Date(time).toISOString(),
  )
  await claim.rewind('backfill', asanaBackfillCursor(since, until ?? ''), Number.MAX_SAFE_INTEGER)
  await claim.release()
  await state.close()
  expect((await backfill(pipeline, '--resume')).code).toBe(0)
  await expectWholeLedger(pipeline)
})

async function expectWholeLedger({ command }: TestPipeline): Promise<void> {
  const { code, stdout } = await command('verify')
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^✓ main: Asana shows [456]\d\d events/)])
}
