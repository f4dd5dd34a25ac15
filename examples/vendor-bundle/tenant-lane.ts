import { randomUUID } from 'node:crypto'
import { link, mkdir, open, readdir, readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { type Commit, type Fault, fault, type Lane, type QuarantineEntry } from '@asana-audit/core'
import { fromJsonText, rawEventTime, toJsonText } from '@asana-audit/schema/lossless'

/** Everything that became true with one commit, as its file says it. */
interface Saved {
  readonly fingerprint: string
  readonly cursor: string
  /** Ids that may come again, with the time of their events. */
  readonly known: readonly (readonly [id: string, at: number])[]
  /** Of this commit alone: a file with entries stays. */
  readonly quarantined: readonly QuarantineEntry[]
}

/** How long, by the time of the events, ids are remembered: longer than the source ever reads back. */
const rememberMs = 7_200_000

/**
 * One tenant's position, ids and quarantine in a folder of its own. Each commit is a new file with the next number, made by a
 * link, which is atomic and fails where the number is taken. So a commit is whole or not there, and of two processes that run
 * the same tenant by mistake, the later one to commit is told. The last file counts.
 */
export async function tenantLane(folder: string, fingerprint: string): Promise<Lane> {
  await mkdir(folder, { recursive: true })
  let last = (await numbersIn(folder)).at(-1) ?? 0
  const saved = last === 0 ? undefined : await readSaved(folder, last)
  if (saved && saved.fingerprint !== fingerprint) throw otherWorkspace(folder)
  let cursor = saved?.cursor
  let known = new Map(saved?.known)
  let hasQuarantine = (saved?.quarantined.length ?? 0) > 0

  async function commit(batch: Commit): Promise<void> {
    const ids = new Map(known)
    for (const { id, at } of batch.delivered) ids.set(id, at)
    for (const entry of batch.quarantined) if (entry.id !== undefined) ids.set(entry.id, timeOf(entry))
    const next: Saved = {
      fingerprint,
      cursor: batch.cursor,
      known: recent(ids),
      quarantined: batch.quarantined,
    }
    await create(folder, last + 1, toJsonText(next))
    if (!hasQuarantine && last > 0) await unlink(fileOf(folder, last)).catch(() => {})
    last += 1
    cursor = batch.cursor
    known = new Map(next.known)
    hasQuarantine = batch.quarantined.length > 0
  }

  return {
    load: async () => cursor,
    known: async (ids) => new Set(ids.filter((id) => known.has(id))),
    commit,
  }
}

/** What a tenant's destination refused, oldest first. */
export async function quarantineOf(folder: string): Promise<QuarantineEntry[]> {
  const saved = await Promise.all((await numbersIn(folder)).map((number) => readSaved(folder, number)))
  return saved.flatMap(({ quarantined }) => quarantined)
}

const fileOf = (folder: string, number: number): string =>
  join(folder, `${String(number).padStart(12, '0')}.json`)

/** Ascending. A name of any other form is the leftover of a crash. */
async function numbersIn(folder: string): Promise<number[]> {
  const names = await readdir(folder)
  return names
    .filter((name) => /^\d{12}\.json$/.test(name))
    .map((name) => Number.parseInt(name, 10))
    .sort((a, b) => a - b)
}

async function readSaved(folder: string, number: number): Promise<Saved> {
  return fromJsonText(await readFile(fileOf(folder, number), 'utf8')) as Saved
}

/** Durable once it resolves. */
async function create(folder: string, number: number, text: string): Promise<void> {
  const draft = join(folder, `${randomUUID()}.draft`)
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  try {
    await link(draft, fileOf(folder, number))
  } catch (error) {
    throw (error as { code?: unknown }).code === 'EEXIST' ? runsElsewhere(folder) : error
  } finally {
    await unlink(draft)
  }
  const directory = await open(folder)
  await directory.sync().finally(() => directory.close())
  // The number is free again where the other process is two commits ahead.
  if ((await numbersIn(folder)).at(-1) === number) return
  await unlink(fileOf(folder, number))
  throw runsElsewhere(folder)
}

/** An event from the future must not make the ids of the present look old. */
function recent(ids: ReadonlyMap<string, number>): [id: string, at: number][] {
  const now = Date.now()
  let newest = 0
  for (const at of ids.values()) if (at <= now) newest = Math.max(newest, at)
  return [...ids].filter(([, at]) => at >= newest - rememberMs)
}

function timeOf({ event }: QuarantineEntry): number {
  return rawEventTime(event) ?? Date.now()
}

function otherWorkspace(folder: string): Fault {
  const message = `What ${folder} holds was made for another workspace. Give the tenant a new name.`
  return fault({ fault: 'fatal', code: 'filters_changed', message })
}

function runsElsewhere(folder: string): Fault {
  const message = `Another process commits to ${folder}. Run each tenant in one process at a time.`
  return fault({ fault: 'fatal', code: 'already_running', message })
}
