import type { DatabaseSync } from 'node:sqlite'
import type { Claim, LaneSummary } from '../../contract.ts'
import { networkFileSystemOf } from '../../files/network-file-system.ts'
import type { HourSpan } from '../../ledger-hour.ts'
import type { DurableState } from '../durable-state.ts'
import { openEnd } from '../hour-spans.ts'
import type { MemoryStateOptions } from '../memory/memory-state.ts'
import { stateClosed } from '../state-faults.ts'
import { type ClaimLock, claimLock, isRunning } from './claim-lock.ts'
import { askFor, askFrom, pipelineSummaries } from './sqlite-asked.ts'
import { noteReopened } from './sqlite-delivered-before.ts'
import { guarded, inTransaction, openStateFile } from './sqlite-file.ts'
import { forgetPipeline } from './sqlite-forget.ts'
import { openLane } from './sqlite-lane.ts'
import { readLedger, reopenLedger } from './sqlite-ledger.ts'
import { readNotes, readNotesOf, writeNotes } from './sqlite-note.ts'
import { probeWrite } from './sqlite-probe.ts'
import { countQuarantine, discharge, readQuarantine, uncount } from './sqlite-quarantine.ts'
import { exportSqlite, importSqlite } from './sqlite-transfer.ts'
import { statePresence } from './state-presence.ts'

export type SqliteState = DurableState

export interface SqliteStateOptions extends MemoryStateOptions {
  /** The file. It is made if missing, readable only by its owner. Not on a network file system. */
  readonly path: string
  /**
   * Called once, when the file is opened, with `{ code, message }` if it is on a network file system (`network_file_system`).
   */
  readonly onWarning?: ((warning: StateWarning) => void) | undefined
  /**
   * For tests: which network file system a path is on.
   * @internal
   */
  readonly networkFileSystemOf?: ((path: string) => string | undefined) | undefined
}

/** Something a person should know although the state can be used. */
export interface StateWarning {
  readonly code: 'network_file_system'
  readonly message: string
}

/**
 * The embedded default: one SQLite file, one runner per pipeline, readers beside it. A commit is durable when it resolves.
 * Faults are fatal (`already_running`, `filters_changed`, `foreign_state`, `corrupt_state`, `newer_state`, `disk_full`,
 * `state_gone`, `state_closed`, `hard_linked`, `state_read_only`, `state_unusable`), except `state_busy`. Not for network file systems, which it warns of: their locks do not hold.
 */
export function sqliteState(options: SqliteStateOptions): SqliteState {
  const { path, rememberMs = 7_200_000, onWarning } = options
  const database = openStateFile(path)
  const network = (options.networkFileSystemOf ?? networkFileSystemOf)(path)
  if (network !== undefined) onWarning?.(onNetworkFileSystem(path, network))
  const requirePresence = guarded(path, () => statePresence(path))
  const open = <T>(work: () => T): T =>
    guarded(path, () => {
      if (!database.isOpen) throw stateClosed(path)
      return work()
    })
  const use = async <T>(work: () => T): Promise<T> => open(work)
  const change = <T>(work: () => T): T =>
    open(() => {
      try {
        return inTransaction(database, () => {
          // Another process may own the file that is here now, or the one that was moved away. We must write to neither.
          requirePresence()
          return work()
        })
      } finally {
        // Check again: if the file was deleted meanwhile, the commit is lost with it, and an error of SQLite is only a consequence.
        requirePresence()
      }
    })
  const close = async (): Promise<void> =>
    guarded(path, () => {
      for (const lock of locks) lock.release()
      locks.clear()
      if (database.isOpen) database.close()
    })
  // The caller has each lock too, but may drop it: the garbage collector would then end the lock.
  const locks = new Set<ClaimLock>()
  return {
    async claim(pipeline) {
      const lock = open(() => claimLock(path, pipeline))
      locks.add(lock)
      const release = async (): Promise<void> => {
        if (locks.delete(lock)) lock.release()
      }
      const changeClaimed = async <T>(work: () => T): Promise<T> =>
        change(() => {
          lock.keep()
          return work()
        })
      const id = await changeClaimed(() => pipelineId(database, pipeline)).catch(async (error: unknown) => {
        await release()
        throw error
      })
      const rewindAll: Claim['rewindAll'] = (cursors, from) =>
        changeClaimed(() => {
          for (const [name, cursor] of cursors) {
            if (cursor === undefined) drop(database, id, name)
            else rewind(database, id, name, cursor)
          }
          reopen(database, id, { from, until: openEnd })
        })
      return {
        lane: (name, fingerprint) =>
          use(() => openLane(database, path, { pipeline, id, name, fingerprint, rememberMs }, changeClaimed)),
        start: (from) =>
          changeClaimed(() => {
            askFrom(database, id, from)
            countAnew(database, id, { from, until: openEnd })
          }),
        rewind: (name, cursor, from) => rewindAll(new Map([[name, cursor]]), from),
        rewindAll,
        reopen: (from, until) => changeClaimed(() => reopen(database, id, { from, until })),
        drop: (name) => changeClaimed(() => drop(database, id, name)),
        async forget() {
          await changeClaimed(() => forgetPipeline(database, id))
          await release()
        },
        release,
        [Symbol.asyncDispose]: release,
      } satisfies Claim
    },
    isRunning: (pipeline) => use(() => isRunning(path, pipeline)),
    lanes: () => use(() => summaries(database)),
    pipelines: () => use(() => pipelineSummaries(database)),
    quarantine: (pipeline) => readQuarantine(database, pipeline),
    quarantineCounts: () => use(() => countQuarantine(database)),
    ledger: (pipeline, from, until) => use(() => readLedger(database, pipeline, from, until)),
    discharge: async (numbers) => change(() => discharge(database, numbers)),
    async *export() {
      guarded(path, requirePresence)
      yield* exportSqlite(path)
    },
    async import(lines) {
      // From the first reading on this connection keeps the write-ahead log. Otherwise the end of the other one would delete it.
      open(() => database.prepare('SELECT id FROM pipeline LIMIT 1').get())
      try {
        await importSqlite(path, lines, () => open(requirePresence))
      } finally {
        // See `change`.
        guarded(path, requirePresence)
      }
    },
    notes: (name) => use(() => readNotes(database, name)),
    note: async (pipeline, name, text) =>
      change(() => writeNotes(database, pipelineId(database, pipeline), new Map([[name, text]]))),
    notesOf: (pipeline) => use(() => readNotesOf(database, pipeline)),
    keepNotes: async (pipeline, notes) =>
      change(() => writeNotes(database, pipelineId(database, pipeline), notes)),
    probe: async () => change(() => probeWrite(database, path)),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function onNetworkFileSystem(path: string, kind: string): StateWarning {
  const message = `The state ${path} is on a network file system (${kind}), whose locks may not hold: two runners could run one pipeline, and the file could be damaged. Put it on a local disk.`
  return { code: 'network_file_system', message }
}

function pipelineId(database: DatabaseSync, name: string): number {
  database.prepare('INSERT INTO pipeline (name) VALUES (?) ON CONFLICT DO NOTHING').run(name)
  return (database.prepare('SELECT id FROM pipeline WHERE name = ?').get(name) as { id: number }).id
}

function rewind(database: DatabaseSync, id: number, name: string, cursor: string): void {
  const upsert = database.prepare(`
    INSERT INTO lane (pipeline_id, name, cursor, delivered, quarantined, committed_at) VALUES (?, ?, ?, 0, 0, ?)
    ON CONFLICT DO UPDATE SET cursor = excluded.cursor, fingerprint = NULL, read_by = NULL, committed_at = excluded.committed_at`)
  upsert.run(id, name, cursor, new Date().toISOString())
}

function drop(database: DatabaseSync, id: number, name: string): void {
  database.prepare('DELETE FROM lane WHERE pipeline_id = ? AND name = ?').run(id, name)
}

function reopen(database: DatabaseSync, id: number, span: HourSpan): void {
  askFor(database, id, span)
  countAnew(database, id, span)
}

function countAnew(database: DatabaseSync, id: number, span: HourSpan): void {
  noteReopened(database, id, span)
  reopenLedger(database, id, span.from, span.until)
  uncount(database, id, span)
}

interface SummaryRow extends Omit<LaneSummary, 'newestAt' | 'readBy'> {
  readonly newest: number | null
  readonly readBy: string | null
}

function summaries(database: DatabaseSync): LaneSummary[] {
  const rows = database
    .prepare(`
      SELECT pipeline.name AS pipeline, lane.name AS lane, cursor, delivered, quarantined, newest, read_by AS readBy,
        committed_at AS committedAt
      FROM lane JOIN pipeline ON pipeline.id = pipeline_id ORDER BY pipeline.name, lane.name`)
    .all() as unknown as SummaryRow[]
  return rows.map(({ newest, readBy, ...row }) => ({
    ...row,
    newestAt: newest === null ? undefined : new Date(newest).toISOString(),
    readBy: readBy ?? undefined,
  }))
}
