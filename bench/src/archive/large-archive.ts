import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { archiveSink, folderStore } from '@asana-audit/archive'
import type { AuditLogEvent } from '@asana-audit/schema'
import { eventLog } from '../asana/event-log.ts'

/** As many as an object holds. */
const objectEvents = 20_000

const made = new Map<number, Promise<string>>()

/** The folder of an archive of so many events of 89 days. It is made once, and removed when this process ends. */
export function largeArchive(events: number): Promise<string> {
  const known = made.get(events) ?? make(events)
  made.set(events, known)
  return known
}

async function make(events: number): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'asana-audit-bench-'))
  process.once('exit', () => rmSync(root, { recursive: true, force: true }))
  const path = join(root, 'archive')
  const settings = { events, density: 'uniform', days: 89, everyMs: null, eventBytes: 0 } as const
  const log = eventLog(settings, Date.UTC(2026, 10, 1))
  await using sink = archiveSink({ store: folderStore({ path }), lane: 'bench' })
  for (let from = 0; from < events; from += objectEvents) {
    const some = `[${log.plain(from, Math.min(events, from + objectEvents))}]`
    await sink.write(JSON.parse(some) as AuditLogEvent[], new AbortController().signal)
  }
  return path
}
