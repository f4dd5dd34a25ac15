import { createHash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { fromJsonText, toJsonText } from '@asana-audit/schema'
import { claimLock } from './claim-lock.ts'
import type {
  Acceptance,
  Claim,
  Commit,
  Lane,
  LaneSummary,
  QuarantineKind,
  State,
  StoredQuarantineEntry,
} from './contract.ts'
import { hourOf, ledgerSheet, tallyOf } from './ledger.ts'
import { networkFileSystemOf } from './network-file-system.ts'
import { quarantinedIdentities } from './quarantined-identities.ts'
import { refusals } from './refusals.ts'
import { guarded, inTransaction, openStateFile } from './sqlite-file.ts'
import { ledgerWriter, pruneLedger, readLedger, reopenLedger } from './sqlite-ledger.ts'
import { exportLines, importLines } from './sqlite-transfer.ts'
import { filtersChanged } from './state-faults.ts'

export interface SqliteState extends State {
  /** Everything in it as lines of JSON, a consistent picture, also beside a runner. */
  export(): AsyncIterable<string>
  /**
   * Takes the lines of an export. All or nothing. Rejects with a fatal `already_running` where one of its pipelines runs,
   * `pipeline_exists` where one is in this state already, and `not_an_export` for anything else.
   */
  import(lines: AsyncIterable<string>): Promise<void>
}

export interface SqliteStateOptions {
  readonly path: string
  /**
   * How long, in event time, ids are remembered: longer than the overlap and the settled window of the source, or a re-read
   * delivers again what was forgotten. Default 2 hours.
   */
  readonly rememberMs?: number | undefined
  /** Told once, when it is opened. */
  readonly onWarning?: ((warning: StateWarning) => void) | undefined
  /** For tests: which network file system a path is on. */
  readonly networkFileSystemOf?: ((path: string) => string | undefined) | undefined
}

/** Something a person should know although the state can be used. */
export interface StateWarning {
  readonly code: 'network_file_system'
  readonly message: string
}

/** Old ids are looked for once per so much event time, not at every commit. */
const pruneEveryMs = 600_000

/**
 * The embedded default: one SQLite file, one runner per pipeline, readers beside it. A commit is durable when it resolves.
 * Faults are fatal (`already_running`, `filters_changed`, `foreign_state`, `corrupt_state`, `newer_state`, `disk_full`,
 * `state_read_only`, `state_unusable`), but for `state_busy`. Not for network file systems, which it warns of: their locks do not hold.
 */
export function sqliteState(options: SqliteStateOptions): SqliteState {
  const { path, rememberMs = 7_200_000, onWarning } = options
  const database = openStateFile(path)
  const network = (options.networkFileSystemOf ?? networkFileSystemOf)(path)
  if (network !== undefined) onWarning?.(onNetworkFileSystem(path, network))
  const use = async <T>(work: () => T): Promise<T> => guarded(path, work)
  return {
    async claim(pipeline) {
      const release = guarded(path, () => claimLock(path, pipeline))
      const id = guarded(path, () => pipelineId(database, pipeline))
      return {
        lane: (name, fingerprint) =>
          use(() => openLane(database, path, { pipeline, id, name, fingerprint, rememberMs })),
        rewind: (name, cursor, from) =>
          use(() =>
            inTransaction(database, () => {
              rewind(database, id, name, cursor)
              reopenLedger(database, id, from, Number.MAX_SAFE_INTEGER)
            }),
          ),
        reopen: (from, until) =>
          use(() => inTransaction(database, () => reopenLedger(database, id, from, until))),
        drop: (name) =>
          use(
            () => void database.prepare('DELETE FROM lane WHERE pipeline_id = ? AND name = ?').run(id, name),
          ),
        release: async () => release(),
      } satisfies Claim
    },
    lanes: () => use(() => summaries(database)),
    quarantine: (pipeline) => entries(database, pipeline),
    ledger: (pipeline, from, until) => use(() => readLedger(database, pipeline, from, until)),
    discharge: (numbers) => use(() => discharge(database, numbers)),
    export: () => exportLines(path),
    import: (lines) => importLines(database, path, lines),
    close: () => use(() => database.close()),
  }
}

function onNetworkFileSystem(path: string, kind: string): StateWarning {
  const message = `The state ${path} is on a network file system (${kind}), whose locks may not hold: two runners could run one pipeline, and the file could be damaged. Put it on a local disk.`
  return { code: 'network_file_system', message }
}

function pipelineId(database: DatabaseSync, name: string): number {
  return inTransaction(database, () => {
    database.prepare('INSERT INTO pipeline (name) VALUES (?) ON CONFLICT DO NOTHING').run(name)
    return (database.prepare('SELECT id FROM pipeline WHERE name = ?').get(name) as { id: number }).id
  })
}

interface LaneRow extends Acceptance {
  readonly cursor: string
  readonly fingerprint: string | null
}

interface LaneKey {
  readonly pipeline: string
  readonly id: number
  readonly name: string
  readonly fingerprint: string
  readonly rememberMs: number
}

function openLane(database: DatabaseSync, path: string, key: LaneKey): Lane {
  const { id, name, fingerprint, rememberMs } = key
  const select = database.prepare(`
    SELECT cursor, fingerprint, delivered, refused_since AS refusedSince FROM lane WHERE pipeline_id = ? AND name = ?`)
  const row = (): LaneRow | undefined => select.get(id, name) as LaneRow | undefined
  const stored = row()?.fingerprint ?? fingerprint
  if (stored !== fingerprint) throw filtersChanged(key.pipeline)

  const upsert = database.prepare(`
    INSERT INTO lane (pipeline_id, name, fingerprint, cursor, delivered, quarantined, refused_since, newest, committed_at)
    VALUES (:id, :name, :fingerprint, :cursor, :delivered, :quarantined, :refused, :newest, :committedAt)
    ON CONFLICT DO UPDATE SET cursor = excluded.cursor, fingerprint = excluded.fingerprint, committed_at = excluded.committed_at,
      delivered = delivered + excluded.delivered, quarantined = quarantined + excluded.quarantined,
      refused_since = iif(excluded.delivered > 0, 0, refused_since + excluded.refused_since),
      newest = max(coalesce(newest, excluded.newest), coalesce(excluded.newest, newest))`)
  const remember = database.prepare(
    'INSERT INTO known (pipeline_id, id, at, lane) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const addToLedger = ledgerWriter(database, id)
  const isKnown = database.prepare('SELECT 1 FROM known WHERE pipeline_id = ? AND id = ?')
  const prune = database.prepare(`
    DELETE FROM known WHERE pipeline_id = :id AND at < :horizon
      AND (lane = :name OR lane NOT IN (SELECT name FROM lane WHERE pipeline_id = :id))`)
  const setAside = database.prepare(`
    INSERT INTO quarantine (pipeline_id, kind, event_id, code, reason, event, quarantined_at)
    VALUES (?, ?, ?, ?, ?, ?, ?)`)
  let prunedUpTo = 0

  function commit({ cursor, delivered, quarantined }: Commit): void {
    const now = Date.now()
    const committedAt = new Date(now).toISOString()
    let newest: number | null = null
    const sheet = ledgerSheet()
    const counted = delivered.map((one) => ({ ...one, kind: 'delivered' as const, timed: true }))
    for (const { id: eventId, at, kind, timed } of [...counted, ...quarantinedIdentities(quarantined, now)]) {
      const { changes } = remember.run(id, idKey(eventId), at, name)
      if (timed && changes === 1) sheet.add(at, kind, eventId)
      // An event dated in the future must not make the ids of the present look old.
      if (timed && at <= now) newest = Math.max(newest ?? at, at)
    }
    for (const { kind, id: eventId, code, reason, event } of quarantined) {
      setAside.run(id, kind, eventId ?? null, code, reason, toJsonText(event), committedAt)
    }
    addToLedger(sheet.hours())
    const refused = delivered.length > 0 ? 0 : refusals(quarantined)
    const counts = { delivered: delivered.length, quarantined: quarantined.length, refused }
    upsert.run({ id, name, fingerprint, cursor, ...counts, newest, committedAt })
    const horizon = (newest ?? 0) - rememberMs
    if (horizon > prunedUpTo + pruneEveryMs) {
      // Its own and those of dropped lanes: another may be at work in a time long before.
      prune.run({ id, name, horizon })
      pruneLedger(database, id, horizon)
      prunedUpTo = horizon
    }
  }

  return {
    load: async () => guarded(path, () => row()?.cursor),
    acceptance: async () => guarded(path, () => row() ?? { delivered: 0, refusedSince: 0 }),
    known: async (ids) => guarded(path, () => new Set(ids.filter((one) => isKnown.get(id, idKey(one))))),
    commit: async (batch) => guarded(path, () => inTransaction(database, () => commit(batch))),
  }
}

/**
 * Asana's ids have 16 digits and take 8 bytes as an integer; a long one of another form is stored as a digest: with its time
 * an id never costs over 32 bytes.
 */
function idKey(id: string): bigint | string {
  if (Number.isSafeInteger(Number(id)) && String(Number(id)) === id) return BigInt(id)
  return id.length <= 12 ? id : createHash('sha256').update(id).digest('base64url').slice(0, 16)
}

function rewind(database: DatabaseSync, id: number, name: string, cursor: string): void {
  const upsert = database.prepare(`
    INSERT INTO lane (pipeline_id, name, cursor, delivered, quarantined, committed_at) VALUES (?, ?, ?, 0, 0, ?)
    ON CONFLICT DO UPDATE SET cursor = excluded.cursor, fingerprint = NULL, committed_at = excluded.committed_at`)
  upsert.run(id, name, cursor, new Date().toISOString())
}

/** What leaves the quarantine has been delivered, and counts as that from now on. */
function discharge(database: DatabaseSync, numbers: readonly number[]): void {
  const select = database.prepare(
    'SELECT pipeline_id AS pipeline, kind, event_id AS id, event, quarantined_at AS quarantinedAt FROM quarantine WHERE number = ?',
  )
  const remove = database.prepare('DELETE FROM quarantine WHERE number = ?')
  inTransaction(database, () => {
    for (const number of numbers) {
      const row = select.get(number) as (QuarantineRow & { pipeline: number }) | undefined
      if (!row) continue
      const entry = { id: row.id ?? undefined, kind: row.kind, event: fromJsonText(row.event) }
      for (const { id, at, kind, timed } of quarantinedIdentities([entry], Date.parse(row.quarantinedAt))) {
        if (!timed) continue
        const one = tallyOf(id)
        const hour = hourOf(at)
        ledgerWriter(
          database,
          row.pipeline,
        )([
          { hour, kind, count: -one.count, mix: -one.mix },
          { hour, kind: 'delivered', ...one },
        ])
      }
      remove.run(number)
    }
  })
}

interface SummaryRow extends Omit<LaneSummary, 'newestAt'> {
  readonly newest: number | null
}

function summaries(database: DatabaseSync): LaneSummary[] {
  const rows = database
    .prepare(`
      SELECT pipeline.name AS pipeline, lane.name AS lane, cursor, delivered, quarantined, newest, committed_at AS committedAt
      FROM lane JOIN pipeline ON pipeline.id = pipeline_id ORDER BY pipeline.name, lane.name`)
    .all() as unknown as SummaryRow[]
  return rows.map(({ newest, ...row }) => ({
    ...row,
    newestAt: newest === null ? undefined : new Date(newest).toISOString(),
  }))
}

interface QuarantineRow {
  readonly number: number
  readonly pipeline: unknown
  readonly kind: QuarantineKind
  readonly id: string | null
  readonly code: string
  readonly reason: string
  readonly event: string
  readonly quarantinedAt: string
}

/** Row by row, each its own short read: a long list must not hold a snapshot open beside a runner. */
async function* entries(
  database: DatabaseSync,
  pipeline: string | undefined,
): AsyncGenerator<StoredQuarantineEntry> {
  const next = database.prepare(`
    SELECT number, pipeline.name AS pipeline, kind, event_id AS id, code, reason, event, quarantined_at AS quarantinedAt
    FROM quarantine JOIN pipeline ON pipeline.id = pipeline_id
    WHERE number > ? AND (? IS NULL OR pipeline.name = ?) ORDER BY number LIMIT 1`)
  for (let after = 0; ; ) {
    const row = next.get(after, pipeline ?? null, pipeline ?? null) as
      | (QuarantineRow & { pipeline: string })
      | undefined
    if (!row) return
    after = row.number
    yield { ...row, id: row.id ?? undefined, event: fromJsonText(row.event) }
  }
}
