import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { type Simulator, startSimulator } from '@asana-audit/simulator'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Ran, runCommand } from './run-command.ts'

let folder = ''
let simulator: Simulator
let env: Record<string, string> = {}
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'asana-audit-verify-'))
  simulator = await startSimulator({ events: 2_000, days: 20 })
  env = {
    ASANA_BASE_URL: simulator.url,
    ASANA_WORKSPACE: simulator.workspace,
    ASANA_TOKEN: 'simulator-token',
    ASANA_AUDIT_STATE: join(folder, 'state.db'),
  }
})
afterEach(async () => {
  await simulator.close()
  rmSync(folder, { recursive: true })
})

const to = (): string => `file:${join(folder, 'a.jsonl')}`
const command = (...args: string[]): Promise<Ran> => runCommand([...args, '--to', to()], env)

interface Hour {
  source: number
  delivered: number
  quarantined: number
  same: boolean
}

async function verified(...args: string[]): Promise<{ code: number | null; hours: Hour[] }> {
  const { code, stdout } = await command('verify', '--json', ...args)
  return { code, hours: JSON.parse(stdout)[0].hours }
}

test('what was delivered is the same as what Asana has, hour by hour', async () => {
  await command('run', '--once')
  const { code, hours } = await verified()
  expect(code).toBe(0)
  const events = hours.reduce((sum, { source }) => sum + source, 0)
  expect(events).toBeGreaterThan(1_900)
  expect(events).toBe(hours.reduce((sum, { delivered }) => sum + delivered, 0))
  const { stdout } = await command('verify')
  expect(stdout).toMatch(/^✓ .* the same ids on both sides; not decidable/)
})

test('an event that arrived too late to be read is a difference, and a repair delivers its hour again', async () => {
  await command('run', '--once')
  const [old] = simulator.events.slice(900, 901)
  simulator.add([{ ...old, gid: '4242' }])
  const difference = await command('verify')
  expect(difference.code).toBe(1)
  expect(difference.stdout).toContain('1 missing')
  expect(readFileSync(join(folder, 'a.jsonl'), 'utf8')).not.toContain('"4242"')
  const repaired = await command('verify', '--repair')
  expect(repaired).toMatchObject({ code: 0 })
  expect(repaired.stderr).toMatch(/delivering 1 hours again, whole; \d+ events of them come twice/)
  expect(readFileSync(join(folder, 'a.jsonl'), 'utf8')).toContain('"4242"')
  expect((await verified()).code).toBe(0)
  const rows = JSON.parse((await runCommand(['state', 'show', '--json'], env)).stdout).lanes
  expect(rows.map(({ lane }: { lane: string }) => lane)).toEqual(['live'])
})

test('a window is compared alone, and what cannot be decided is said', async () => {
  await command('run', '--once')
  const all = (await verified()).hours
  const since = simulator.events[1_000]?.created_at ?? ''
  const { hours } = await verified('--since', since)
  expect(hours.length).toBeLessThan(all.length)
  expect(hours.length).toBeGreaterThan(0)
  expect((await command('verify', '--since', '60d')).stdout).toContain(
    'not decidable yet or any more: before',
  )
})

test('events in quarantine count as accounted for, and are named', async () => {
  const [some] = simulator.events.slice(500, 501)
  const { actor: _, ...noActor } = { ...some, gid: '777' }
  simulator.add([noActor])
  expect((await command('run', '--once')).code).toBe(3)
  const { stdout, code } = await command('verify')
  expect(code).toBe(0)
  expect(stdout).toContain('1 of them are in quarantine')
})

test('a pipeline that cannot be compared does not keep the others from it', async () => {
  const config = join(folder, 'two.yaml')
  const workspace = `workspace: "${simulator.workspace}"`
  const pipelines = (baseUrl: string): string =>
    `pipelines:
      - { name: first, ${workspace}, base_url: "${baseUrl}", to: { file: { path: ${join(folder, '1.jsonl')} } } }
      - { name: second, ${workspace}, base_url: "${simulator.url}", to: { file: { path: ${join(folder, '2.jsonl')} } } }`
  writeFileSync(config, pipelines(simulator.url))
  expect((await runCommand(['run', '--once', '--config', config], env)).code).toBe(0)
  writeFileSync(config, pipelines(`${simulator.url}/elsewhere`))
  const { code, stdout, stderr } = await runCommand(['verify', '--config', config], env)
  expect(code).toBe(1)
  expect(stderr).toMatch(/^✗ first: /)
  expect(stdout).toMatch(/^✓ second: /)
})

test('before anything was delivered nothing is compared, and nothing is said to be the same', async () => {
  const state = sqliteState({ path: join(folder, 'state.db') })
  const { code, stdout } = await command('verify')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^! .*: nothing was compared; nothing has been delivered yet\.\n$/)
  const claim = await state.claim('another')
  await claim.rewind('live', '{}', 0)
  await claim.release()
  await state.close()
  expect((await command('verify', '--name', 'typo')).stdout).toContain('the state holds another.')
})
