import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { asanaBackfillCursor } from '@asana-audit/core/backlog'
import { hourMs, hourOf } from '@asana-audit/core/ledger'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { type Simulator, startSimulator } from '@asana-audit/simulator'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Ran, runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const file = temporaryFolder()
let simulator: Simulator
let receiver: Server
let env: Record<string, string> = {}
beforeEach(async () => {
  simulator = await startSimulator({ events: 600, days: 20 })
  // Takes whatever it is sent.
  receiver = createServer((request, response) => request.resume().on('end', () => response.end()))
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  env = {
    ASANA_BASE_URL: simulator.url,
    ASANA_WORKSPACE: simulator.workspace,
    ASANA_TOKEN: 'simulator-token',
    ASANA_AUDIT_STATE: file(`${crypto.randomUUID()}.db`),
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`,
  }
})
afterEach(async () => {
  receiver.closeAllConnections()
  receiver.close()
  await simulator.close()
})

const command = (args: readonly string[], changes: Record<string, string> = {}): Promise<Ran> =>
  runCommand([...args, '--to', 'otlp', '--name', 'main'], { ...env, ...changes })

const from = (): number => hourOf(Date.parse(simulator.events[100]?.created_at ?? '')) + hourMs
const backfill = (...more: string[]): string[] => [
  ...['backfill', '--since', new Date(from()).toISOString()],
  ...more,
]

test('a backfill that delivered nothing leaves nothing missing, and is gone on with or begun again', async () => {
  const nowhere = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }
  expect((await command(['run', '--once'])).code).toBe(0)
  expect((await command(backfill('--give-up-after', '1s'), nowhere)).code).toBe(1)

  const verified = await command(['verify'])
  expect(verified, verified.stdout).toMatchObject({ code: 0 })
  expect(verified.stdout).toContain('has not come to its end yet')
  const again = await command(backfill())
  expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('--resume') })
  expect((await command(backfill('--restart'), nowhere)).code).toBe(1)
  expect((await command(backfill('--resume'))).code).toBe(0)
  await expectWholeLedger()
})

test('one that ended before its hours were opened opens them when it is gone on with', async () => {
  expect((await command(['run', '--once'])).code).toBe(0)
  const state = sqliteState({ path: env['ASANA_AUDIT_STATE'] ?? '' })
  const claim = await state.claim('main')
  const [since, until] = [from(), from() + 200 * hourMs].map((time) => new Date(time).toISOString())
  await claim.rewind('backfill', asanaBackfillCursor(since, until ?? ''), Number.MAX_SAFE_INTEGER)
  await claim.release()
  await state.close()
  expect((await command(backfill('--resume'))).code).toBe(0)
  await expectWholeLedger()
})

async function expectWholeLedger(): Promise<void> {
  const { code, stdout } = await command(['verify'])
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^✓ main: Asana shows [45]\d\d events/)])
}
