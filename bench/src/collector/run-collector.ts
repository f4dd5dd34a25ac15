import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { token, workspace } from '../asana/page-server.ts'
import type { Case, Outcome } from '../case.ts'
import { notLinux, type Usage, usageNow } from '../program/usage.ts'
import { settingsOf } from '../run-case.ts'
import type { Servers } from '../servers.ts'
import { collectorBinary } from './binary.ts'
import { collectorConfig } from './collector-config.ts'

/** After this time without a new event it has finished, or can do no more. */
const patienceMs = 5_000

/** A round of a collector: from its start until every event has arrived, or no more events arrive. */
export async function runCollector(one: Case, servers: Servers): Promise<Outcome> {
  if (notLinux) return { error: notLinux }
  const binary = await collectorBinary(process.env).catch((error: Error) => error)
  if (binary instanceof Error) return { error: binary.message }
  const { asana, receiver } = settingsOf(one)
  await servers.set(asana, receiver)
  const folder = mkdtempSync(join(tmpdir(), 'asana-audit-bench-'))
  const config = join(folder, 'collector.json')
  const url = `${servers.asanaUrl}/workspaces/${workspace}/audit_log_events`
  const mode = one.options.pagination ?? 'token'
  // JSON is YAML.
  writeFileSync(config, JSON.stringify(collectorConfig({ url, token, mode, to: servers.receiverOrigin })))
  const started = performance.now()
  const child = spawn(binary, ['--config', config], { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = once(child, 'close')
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-8_000)
  })
  let newestAt = started
  let arrived = 0
  while (arrived < one.events && performance.now() - newestAt < patienceMs && child.exitCode === null) {
    await wait(100)
    const { receiver: stats } = await servers.stats()
    if (stats.arrived > arrived) newestAt = performance.now()
    arrived = stats.arrived
  }
  const none: Usage = { cpuMs: 0, peakMb: 0 }
  const { cpuMs, peakMb } = child.exitCode === null ? usageNow(child.pid ?? 0) : none
  child.kill('SIGKILL')
  await ended
  rmSync(folder, { recursive: true })
  if (arrived === 0) return { error: `nothing arrived: ${complaint(said)}` }
  const stats = await servers.stats()
  const { missing, ...counts } = stats.receiver
  const own = { events: arrived, setAside: [], wallMs: newestAt - started, heapMb: [], cpuMs, peakMb }
  return { ...own, asana: stats.asana, receiver: counts, lost: missing.length }
}

/** The last error of a log, with the answer that it quotes. */
function complaint(said: string): string {
  const error = /"error": "((?:[^"\\]|\\.)*)"|^Error: (.*)$/m.exec(said)
  const text = (error?.[1] ?? error?.[2] ?? 'it did not say why').replaceAll('\\"', '"')
  const answer = /"message":"([^"]*)"/.exec(text)?.[1] ?? ''
  return `${text.split('{')[0]}${answer}`.replaceAll(/https?:\/\/\S+/g, '…').slice(0, 200)
}
