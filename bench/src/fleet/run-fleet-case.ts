import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Remote, remote } from '../ipc.ts'
import { usageNow } from '../program/usage.ts'
import type { FleetCase, FleetFigures } from './fleet-case.ts'
import { type FleetDatabase, fleetDatabase } from './fleet-database.ts'
import type { WorkerSetup } from './fleet-worker-process.ts'
import type { LoopSetup } from './plain-loop-process.ts'
import type { TenantStats } from './tenant-server.ts'
import type { AloneSetup } from './turns-alone-process.ts'

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))
/** How often memory is looked at. */
const lookMs = 1_000

/** Measures one row, with a server, a database and workers of its own. */
export async function runFleetCase(one: FleetCase, say: (what: string) => void): Promise<FleetFigures> {
  const asana = remote(here('tenant-process.ts'))
  const folder = mkdtempSync(join(tmpdir(), 'asana-audit-bench-fleet-'))
  let database: FleetDatabase | undefined
  let programs: Remote[] = []
  try {
    const asanaUrl = await asana.ask<string>('start', one.tenants)
    if (one.engine === 'fleet') {
      database = await fleetDatabase(one)
      programs = workers(one, asanaUrl, database.url)
    } else {
      programs = one.engine === 'turns alone' ? turnsAlone(one, asanaUrl) : [plainLoop(one, asanaUrl, folder)]
    }
    await warmedUp(one, asana, say)
    return await measured(one, asana, programs, database)
  } finally {
    for (const program of programs) program.stop()
    await Promise.all(programs.map(({ ended }) => ended))
    asana.stop()
    await database?.[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  }
}

const collecting = ['--expose-gc']
/** Those of `asana-audit fleet worker`, which starts itself with them. */
const lean = {
  flags: [...collecting, '--max-semi-space-size=8', '--heap-growing-percent=75'],
  env: { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '32768' },
}

function workers({ workers: count, isGrouped }: FleetCase, asanaUrl: string, databaseUrl: string): Remote[] {
  return Array.from({ length: count }, (_, index) => {
    const setup: WorkerSetup = { name: `worker ${index}`, databaseUrl, asanaUrl, isGrouped }
    return remote(here('fleet-worker-process.ts'), [JSON.stringify(setup)], lean.flags, lean.env)
  })
}

function turnsAlone(
  { workers: processes, tenants: { tenants }, pollSeconds }: FleetCase,
  asanaUrl: string,
): Remote[] {
  return Array.from({ length: processes }, (_, first) => {
    const setup: AloneSetup = { asanaUrl, tenants, pollSeconds, first, processes }
    return remote(here('turns-alone-process.ts'), [JSON.stringify(setup)], lean.flags, lean.env)
  })
}

function plainLoop(
  { tenants: { tenants }, pollSeconds }: FleetCase,
  asanaUrl: string,
  folder: string,
): Remote {
  const setup: LoopSetup = { folder, asanaUrl, tenants, pollSeconds }
  return remote(here('plain-loop-process.ts'), [JSON.stringify(setup)], collecting)
}

/** Every tenant has been polled twice, and then for two intervals more: a first turn is more work, and the first ones come together. */
async function warmedUp(
  { pollSeconds }: FleetCase,
  asana: Remote,
  say: (what: string) => void,
): Promise<void> {
  for (let told = 0; ; told += 1) {
    const { waiting } = await asana.ask<TenantStats>('stats')
    if (waiting === 0) break
    if (told % 20 === 0) say(`${waiting} tenants have yet to be polled twice`)
    await wait(lookMs)
  }
  await wait(2 * pollSeconds * 1_000)
}

async function measured(
  { seconds }: FleetCase,
  asana: Remote,
  programs: readonly Remote[],
  database: FleetDatabase | undefined,
): Promise<FleetFigures> {
  const heap = (): Promise<number> => programs[0]!.ask('heapMb')
  const nodeCpuMs = (): number => programs.reduce((sum, { pid }) => sum + usageNow(pid).cpuMs, 0)
  const residentMb = (): number => programs.reduce((sum, { pid }) => sum + usageNow(pid).residentMb, 0)

  const firstHeapMb = await heap()
  await asana.ask('reset')
  const [began, node, postgres, counts] = [
    performance.now(),
    nodeCpuMs(),
    database?.cpuMs(),
    await database?.counts(),
  ]
  const memory = [residentMb()]
  while (performance.now() - began < seconds * 1_000) {
    await wait(lookMs)
    memory.push(residentMb())
  }
  const stats = await asana.ask<TenantStats>('stats')
  const elapsed = (performance.now() - began) / 1_000
  const usedMs = nodeCpuMs() - node
  const databaseMs = database && database.cpuMs() - postgres!
  const after = await database?.counts()
  const { polls, backlogPages, medianGap, highGap, mostGap } = stats
  const allMs = usedMs + (databaseMs ?? 0)
  return {
    pollsPerSecond: polls / elapsed,
    nodeMs: usedMs / polls,
    ...(databaseMs !== undefined && { postgresMs: databaseMs / polls }),
    pollsPerCoreSecond: polls / (allMs / 1_000),
    cores: allMs / 1_000 / elapsed,
    ...(counts &&
      after && {
        commitsPerSecond: (after.commits - counts.commits) / elapsed,
        walBytes: (after.walBytes - counts.walBytes) / polls,
      }),
    ...{ medianGap, highGap, mostGap },
    backlogPagesPerSecond: backlogPages / elapsed,
    firstMb: memory[0]!,
    lastMb: memory.at(-1)!,
    mostMb: Math.max(...memory),
    heapMb: [firstHeapMb, await heap()],
  }
}
