import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { hourMs } from '../../duration.ts'
import { type Fault, fault, isFault } from '../../fault.ts'
import { makeOwnFile } from '../../files/own-file.ts'
import { codeOf, pathStep } from '../../files/path-step.ts'
import { openEnd } from '../hour-spans.ts'

/** "AAud" in the file's header: we refuse the database of another program and never add our tables to it. */
export const applicationId = 0x41417564

/** The tables of the first version. Never change them: later changes are in `migrations`. */
const schema = `
  CREATE TABLE pipeline (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE lane (
    pipeline_id INTEGER NOT NULL REFERENCES pipeline,
    name TEXT NOT NULL,
    fingerprint TEXT,
    cursor TEXT NOT NULL,
    delivered INTEGER NOT NULL,
    quarantined INTEGER NOT NULL,
    newest INTEGER,
    committed_at TEXT NOT NULL,
    PRIMARY KEY (pipeline_id, name)
  ) WITHOUT ROWID;
  CREATE TABLE known (
    pipeline_id INTEGER NOT NULL REFERENCES pipeline,
    id NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (pipeline_id, id)
  ) WITHOUT ROWID;
  CREATE TABLE ledger (
    pipeline_id INTEGER NOT NULL REFERENCES pipeline,
    hour INTEGER NOT NULL,
    kind TEXT NOT NULL,
    count INTEGER NOT NULL,
    mix INTEGER NOT NULL,
    PRIMARY KEY (pipeline_id, hour, kind)
  ) WITHOUT ROWID;
  CREATE TABLE quarantine (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    pipeline_id INTEGER NOT NULL REFERENCES pipeline,
    kind TEXT NOT NULL,
    event_id TEXT,
    code TEXT NOT NULL,
    reason TEXT NOT NULL,
    event TEXT NOT NULL,
    quarantined_at TEXT NOT NULL
  );
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = 1;
`

/**
 * For pipelines of a version that did not record what they were asked for. They were asked for everything after the first hour of their
 * ledger, and perhaps only for a part of that hour.
 */
export const askedByLedger: string = `
  INSERT INTO asked (pipeline_id, from_hour, until_hour)
  SELECT pipeline_id, min(hour) + ${hourMs}, ${openEnd} FROM ledger
  WHERE pipeline_id NOT IN (SELECT pipeline_id FROM asked) GROUP BY pipeline_id;`

/** Up to version 4, what a source could not accept had the kind `refused`, a word that was also used for destinations. */
export const malformedByKind: string = "UPDATE quarantine SET kind = 'malformed' WHERE kind = 'refused';"

/** One step from each version to the next. An old file gets the steps it lacks, a new file gets all. */
const migrations: readonly string[] = [
  'ALTER TABLE pipeline ADD COLUMN refused_since INTEGER NOT NULL DEFAULT 0',
  "ALTER TABLE known ADD COLUMN lane TEXT NOT NULL DEFAULT 'live'",
  `CREATE TABLE asked (
    pipeline_id INTEGER NOT NULL REFERENCES pipeline,
    from_hour INTEGER NOT NULL,
    until_hour INTEGER NOT NULL,
    PRIMARY KEY (pipeline_id, from_hour)
  ) WITHOUT ROWID;
  ${askedByLedger}`,
  `ALTER TABLE pipeline RENAME COLUMN refused_since TO rejected_since;
  ${malformedByKind}`,
  'ALTER TABLE ledger RENAME COLUMN mix TO checksum',
  'ALTER TABLE lane ADD COLUMN read_by TEXT',
  `CREATE TABLE note (
    pipeline_id INTEGER NOT NULL REFERENCES pipeline,
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (pipeline_id, name)
  ) WITHOUT ROWID`,
  `ALTER TABLE ledger ADD COLUMN content INTEGER;
  ALTER TABLE ledger ADD COLUMN content_form TEXT`,
  `ALTER TABLE quarantine ADD COLUMN counted_in INTEGER;
  CREATE INDEX quarantine_hour ON quarantine (pipeline_id, counted_in)`,
]
const schemaVersion = 1 + migrations.length

/** Opens or creates a state file. Only its owner can read it, because the quarantine holds whole events. */
export function openStateFile(path: string): DatabaseSync {
  return guarded(path, () => {
    const existing = statSync(path, { throwIfNoEntry: false })
    if (existing && !existing.isFile()) throw notAFile(path, existing.isDirectory())
    makeOwnFile(path)
    const { nlink } = statSync(path)
    if (nlink > 1) throw hardLinked(path, nlink)
    // SQLite takes `:memory:` for no file, and `file:…` for a URL. An absolute path is neither.
    const database = new DatabaseSync(resolve(path))
    try {
      prepare(database, path)
      return database
    } catch (error) {
      database.close()
      throw error
    }
  })
}

function prepare(database: DatabaseSync, path: string): void {
  database.exec('PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON;')
  if (pragma(database, 'application_id') !== applicationId) {
    inTransaction(database, () => {
      // Another process may have prepared the new file in the meantime.
      if (pragma(database, 'application_id') === applicationId) return
      const { tables } = database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as {
        tables: number
      }
      if (tables > 0) throw foreign(path)
      database.exec(schema)
    })
  }
  const version = pragma(database, 'user_version')
  if (version > schemaVersion) {
    const message = `The state ${path} was written by a newer version (schema ${version}; this one reads up to ${schemaVersion}). Update this program.`
    throw fault({ fault: 'fatal', code: 'newer_state', message })
  }
  if (version < schemaVersion) inTransaction(database, () => migrate(database))
  // FULL: a commit is on disk when it returns, also through a power cut as far as the disk keeps its word.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;')
}

function migrate(database: DatabaseSync): void {
  // Read again, because another process may have migrated the old file in the meantime.
  const version = pragma(database, 'user_version')
  for (const step of migrations.slice(version - 1)) database.exec(step)
  database.exec(`PRAGMA user_version = ${schemaVersion}`)
}

function pragma(database: DatabaseSync, name: 'application_id' | 'user_version'): number {
  return (database.prepare(`PRAGMA ${name}`).get() as Record<typeof name, number>)[name]
}

/** Does all of `work` or nothing. Nobody else can write in the meantime. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    // A full disk rolls back by itself, and then there is nothing left to roll back.
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

/** Runs `work`. An error of SQLite or the file system becomes a fault that names the next step. */
export function guarded<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw isFault(error) ? error : stateFault(path, error)
  }
}

function notAFile(path: string, isFolder: boolean): Fault {
  const message = isFolder
    ? `The state ${path} is a folder. Give the path of a file in it, for example ${join(path, 'state.db')}.`
    : `The state ${path} is not a regular file. Use another path, for example /var/lib/asana-audit/state.db.`
  return fault({ fault: 'fatal', code: 'state_unusable', message })
}

/** Each name would have its own locks and its own log of writes, and that would damage the file. */
function hardLinked(path: string, names: number): Fault {
  const message = `The state ${path} has ${names} names (hard links), and another process could use it by another name. Delete the other names, or use another state file.`
  return fault({ fault: 'fatal', code: 'hard_linked', message })
}

function foreign(path: string): Fault {
  const message = `The file ${path} is not a state of asana-audit. Use another path for the state; this file was not changed.`
  return fault({ fault: 'fatal', code: 'foreign_state', message })
}

/** https://www.sqlite.org/rescode.html */
const sqliteResult = { busy: 5, readOnly: 8, corrupt: 11, full: 13, notADatabase: 26 }

function stateFault(path: string, error: unknown): Fault {
  const { errcode } = error as { errcode?: number }
  const result = errcode === undefined ? undefined : errcode & 0xff
  if (result === sqliteResult.notADatabase) return foreign(path)
  const fatal = (name: string, message: string): Fault =>
    fault({ fault: 'fatal', code: name, message, cause: error })
  switch (result) {
    case sqliteResult.busy:
      return fault({
        fault: 'temporary',
        code: 'state_busy',
        message: `The state ${path} is locked by another process.`,
      })
    case sqliteResult.corrupt:
      return fatal(
        'corrupt_state',
        `The state ${path} is damaged. Put a copy back, or move it away and start with --since a time before the last delivered event.`,
      )
    case sqliteResult.full:
      return fatal('disk_full', `No space is left for the state ${path}. Free some; nothing is lost.`)
    case sqliteResult.readOnly:
      return fatal('state_read_only', `The state ${path} cannot be written. Check its permissions.`)
    default:
      return fatal('state_unusable', unusable(path, error))
  }
}

function unusable(path: string, error: unknown): string {
  const { errcode, code, message, path: refused } = error as NodeJS.ErrnoException & { errcode?: number }
  if (errcode !== undefined)
    return `The state ${path} cannot be used (${message}). Check whether its disk is full or broken, and whether this user may write to its folder.`
  if (code === 'ENOENT')
    return `The folder of the state ${path} does not exist. Create it, or use another path.`
  // The file that cannot be written may be a lock beside the state, not the state itself.
  const what = refused === undefined || refused === path ? '' : `: its lock ${refused}`
  return `The state ${path} cannot be used${what} (${codeOf(error)}). ${pathStep(error)}`
}
