import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import { decompress } from '../../src/compression.ts'
import type { ArchiveFormat } from '../../src/index.ts'
import { readObject } from '../../src/objects/read-object.ts'

/** An event of the form that Asana sends. */
export interface TestEvent {
  readonly gid: string
  readonly created_at: string
  readonly event_type: string
  readonly actor: Readonly<Record<string, unknown>>
  readonly details: Readonly<Record<string, unknown>>
}

export const noon: number = Date.parse('2026-03-10T12:00:00Z')

export function eventAt(number: number, at: number, details: TestEvent['details'] = {}): TestEvent {
  return {
    gid: String(1_200_000_000_000_000 + number),
    created_at: new Date(at).toISOString(),
    event_type: 'user_login_succeeded',
    actor: { actor_type: 'user' },
    details,
  }
}

/** One event a minute, from `from` on. */
export function eventsFrom(from: number, count: number, first = 0): TestEvent[] {
  return Array.from({ length: count }, (_, index) => eventAt(first + index, from + index * 60_000))
}

/** A folder that does not exist yet, in one that is removed after the test. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'asana-audit-archive-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'archive')
}

/** Who opens it to read waits until somebody writes. */
export async function namedPipe(path: string): Promise<void> {
  await promisify(execFile)('mkfifo', [path])
}

/** Paths below the folder, in order, without those that begin with a dot. */
export async function filesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  return names
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name).slice(folder.length + 1))
    .filter((path) => !path.startsWith('.'))
    .sort()
}

export const folderOf: Readonly<Record<ArchiveFormat, string>> = {
  jsonl: 'event/',
  flat: 'flat/',
  ocsf: 'ext/',
  ...{ ocsf_jsonl: 'ocsf_jsonl/', ecs: 'ecs/', cim: 'cim/' },
}

/** `of`: the folder of a format. */
export async function objectsIn(folder: string, of = 'event/'): Promise<string[]> {
  return (await filesIn(folder)).filter((path) => path.startsWith(of))
}

export async function textOf(folder: string, key: string): Promise<string> {
  return decompress(await readFile(join(folder, key)), key.endsWith('.zst') ? 'zstd' : 'gzip')
}

/** Gids of all events in the archive, in the order of the objects. */
export async function gidsIn(folder: string, of = 'event/'): Promise<string[]> {
  const events = await Promise.all(
    (await objectsIn(folder, of)).map(async (key) => readObject(key, await readFile(join(folder, key)))),
  )
  return events.flat().map(({ gid }) => gid)
}
