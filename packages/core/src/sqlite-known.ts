import { createHash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { Identity } from './contract.ts'

/** The ids a pipeline recently delivered or quarantined. */
export interface KnownIds {
  has(id: string): boolean
  /** Gives back those that were not known before. Called inside the transaction of a commit. */
  add<I extends Identity>(identities: readonly I[]): readonly I[]
  /**
   * Forgets what happened before `horizon` (milliseconds since 1970), of this lane and of dropped ones: another may be at work in a time
   * long before.
   */
  prune(horizon: number): void
}

/** Ids in one statement: a call into SQLite costs more than a row. */
const manyIds = 100

export function knownIds(database: DatabaseSync, pipeline: number, lane: string): KnownIds {
  const select = database.prepare('SELECT 1 FROM known WHERE pipeline_id = ? AND id = ?')
  const prune = database.prepare(`
    DELETE FROM known WHERE pipeline_id = :pipeline AND at < :horizon
      AND (lane = :lane OR lane NOT IN (SELECT name FROM lane WHERE pipeline_id = :pipeline))`)
  const insert = (rows: number) =>
    database.prepare(
      `INSERT INTO known (pipeline_id, id, at, lane) VALUES ${Array(rows).fill('(?, ?, ?, ?)').join(', ')} ON CONFLICT DO NOTHING`,
    )
  const one = insert(1)
  const many = insert(manyIds)
  const row = ({ id, at }: Identity): (number | bigint | string)[] => [pipeline, idKey(id), at, lane]
  const addOne = (identity: Identity): boolean => one.run(...row(identity)).changes === 1

  /** False, with some of them added, where one was known already. */
  function addAllNew(identities: readonly Identity[]): boolean {
    const inMany = identities.length - (identities.length % manyIds)
    for (let from = 0; from < inMany; from += manyIds) {
      const rows = identities.slice(from, from + manyIds).flatMap(row)
      if (many.run(...rows).changes !== manyIds) return false
    }
    return identities.slice(inMany).every(addOne)
  }

  return {
    has: (id) => select.get(pipeline, idKey(id)) !== undefined,
    add(identities) {
      database.exec('SAVEPOINT add_ids')
      const allNew = addAllNew(identities)
      if (!allNew) database.exec('ROLLBACK TO add_ids')
      database.exec('RELEASE add_ids')
      return allNew ? identities : identities.filter(addOne)
    },
    prune: (horizon) => void prune.run({ pipeline, lane, horizon }),
  }
}

/** As String writes one, of up to 16 digits. */
const wholeNumber = /^(?:0|-?[1-9]\d{0,15})$/

/**
 * Asana's ids have 16 digits and take 8 bytes as an integer; a long one of another form is stored as a digest: with its time
 * an id never costs over 32 bytes.
 */
function idKey(id: string): bigint | string {
  const number = wholeNumber.test(id) ? Number(id) : Number.NaN
  if (Number.isSafeInteger(number)) return BigInt(number)
  return id.length <= 12 ? id : createHash('sha256').update(id).digest('base64url').slice(0, 16)
}
