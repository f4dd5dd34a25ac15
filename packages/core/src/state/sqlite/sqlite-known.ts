import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import type { Identity } from '../../contract.ts'
import { knownIdKey } from '../known-id.ts'

/** The ids a pipeline recently delivered or quarantined. */
export interface KnownIds {
  /** Returns those of the ids that are known. */
  among(ids: readonly string[]): Set<string>
  /**
   * Returns those that were not known before. Ids of events from before `horizon` are not stored: a prune would only delete them again.
   * Called inside the transaction of a commit.
   */
  add<I extends Identity>(identities: readonly I[], horizon: number): readonly I[]
  /**
   * Forgets ids of events from before `horizon` (milliseconds since 1970), but only those of this lane and of dropped lanes: another lane
   * may still be reading a much earlier time.
   */
  prune(horizon: number): void
}

/** How many ids one statement takes: a call into SQLite costs more than a row. */
const sizes = [100, 10, 1]

export function knownIds(database: DatabaseSync, pipeline: number, lane: string): KnownIds {
  const selectSql = (places: string): string =>
    `SELECT id FROM known WHERE pipeline_id = ? AND id IN (${places})`
  const insertSql = (rows: string): string =>
    `INSERT INTO known (pipeline_id, lane, id, at) SELECT ?, ?, * FROM (VALUES ${rows}) WHERE true ON CONFLICT DO NOTHING`
  const inSizes = (sql: (places: string) => string, place: string): StatementSync[] =>
    sizes.map((size) => database.prepare(sql(Array(size).fill(place).join(', '))))
  // Numbers are bound as reals, because binding a bigint costs much more. Parameters have no names or numbers, because SQLite would search for them.
  const selectNumbers = inSizes(selectSql, 'CAST(? AS INTEGER)')
  const insertNumbers = inSizes(insertSql, '(CAST(? AS INTEGER), ?)')
  const insertNumber = insertNumbers.at(-1)
  const selectText = database.prepare(selectSql('?'))
  const insertText = database.prepare(insertSql('(?, ?)'))
  const prune = database.prepare(`
    DELETE FROM known WHERE pipeline_id = :pipeline AND at < :horizon
      AND (lane = :lane OR lane NOT IN (SELECT name FROM lane WHERE pipeline_id = :pipeline))`)

  function among(ids: readonly string[]): Set<string> {
    const keys = ids.map(knownIdKey)
    const found = new Set<SQLInputValue>()
    const look = (select: StatementSync, some: readonly (number | string)[]): void => {
      for (const { id } of select.all(pipeline, ...some)) found.add(id as number | string)
    }
    for (const [select, some] of inPieces(keys.filter(isNumber), selectNumbers)) look(select, some)
    for (const key of keys) if (typeof key === 'string') look(selectText, [key])
    return new Set(ids.filter((_, index) => found.has(keys[index] ?? null)))
  }

  function addOne({ id, at }: Identity): boolean {
    const key = knownIdKey(id)
    const statement = isNumber(key) ? insertNumber : insertText
    return statement?.run(pipeline, lane, key, at).changes === 1
  }

  /** Returns false if an id was known already or is not a number. Some of the others may be added by then. */
  function addAllNew(identities: readonly Identity[]): boolean {
    for (const [insert, some] of inPieces(identities, insertNumbers)) {
      const values: SQLInputValue[] = [pipeline, lane]
      for (const { id, at } of some) {
        const key = knownIdKey(id)
        if (!isNumber(key)) return false
        values.push(key, at)
      }
      if (insert.run(...values).changes !== some.length) return false
    }
    return true
  }

  function addAndKeep<I extends Identity>(identities: readonly I[]): readonly I[] {
    if (identities.length === 0) return identities
    database.exec('SAVEPOINT add_ids')
    const allNew = addAllNew(identities)
    if (!allNew) database.exec('ROLLBACK TO add_ids')
    database.exec('RELEASE add_ids')
    return allNew ? identities : identities.filter(addOne)
  }

  return {
    among,
    add(identities, horizon) {
      const old = identities.filter(({ at }) => at < horizon)
      if (old.length === 0) return addAndKeep(identities)
      const known = among(old.map(({ id }) => id))
      const isNew = ({ id }: Identity): boolean => !known.has(id) && known.add(id).has(id)
      return [...old.filter(isNew), ...addAndKeep(identities.filter(({ at }) => at >= horizon))]
    },
    prune: (horizon) => void prune.run({ pipeline, lane, horizon }),
  }
}

/** A list in pieces, each with the statement for its size. */
function* inPieces<T>(
  list: readonly T[],
  statements: readonly StatementSync[],
): Generator<[StatementSync, readonly T[]]> {
  let from = 0
  for (const [index, statement] of statements.entries()) {
    const size = sizes[index] ?? 1
    for (; from + size <= list.length; from += size) yield [statement, list.slice(from, from + size)]
  }
}

function isNumber(key: number | string): key is number {
  return typeof key === 'number'
}
