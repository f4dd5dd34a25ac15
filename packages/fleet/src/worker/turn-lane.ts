import { type Commit, type Cursor, type Fault, fault, type Lane } from '@asana-audit/core'
import { onlyOffsetMoved } from '@asana-audit/core/backlog'
import {
  knownIds,
  type LaneCommit,
  type LoadedLane,
  readDeliveredBefore,
} from '@asana-audit/core/postgres-state'
import { guarded } from '../database/database-fault.ts'
import type { Database } from '../database/open-database.ts'
import type { GroupCommits } from './group-commits.ts'
import { endTurn, lose, type Turn } from './turn.ts'

export interface TurnLaneOptions {
  readonly turn: Turn
  readonly start: LoadedLane
  readonly fingerprint: string
  /** The name of the worker, kept in the lane for people. */
  readonly owner: string
  /** How long ids are remembered, in milliseconds of event time. */
  readonly rememberMs: number
  readonly database: Database
  readonly commits: GroupCommits
}

/**
 * How often a position is saved for a tenant that has nothing new, in milliseconds. Until then its turns ask with the offset that was saved.
 * With the next poll it is a few minutes old at most: nobody knows how long Asana keeps an offset, and other parts of its API keep
 * one for 15 minutes.
 */
const positionEveryMs = 240_000

export interface TurnLane extends Lane {
  /** A position after which nothing was delivered, to be saved with the end of the turn. */
  rest(): readonly LaneCommit[]
  /** Whether the turn found nothing, and the position that is saved does as well as that of `rest` for now. */
  isIdle(): boolean
  /** The position now, saved or not. */
  cursor(): string | undefined
}

/** The lane of a turn. Its commits join those of other turns, and are refused once the turn is lost. Throws a fatal `filters_changed`. */
export function turnLane(options: TurnLaneOptions): TurnLane {
  const { turn, start, fingerprint, owner, rememberMs, database, commits } = options
  const { pipelineId, name } = start
  if (start.cursor !== undefined && start.fingerprint !== undefined && start.fingerprint !== fingerprint)
    throw filtersChanged(turn.tenant.name)
  let { version, cursor } = start
  /** A position with nothing delivered. It is saved with the end of the turn, since it is not worth a commit of its own. */
  let rest: LaneCommit | undefined

  /** A commit that is tried again gets the same name. By it the state recognises a commit that was made but whose answer was lost. */
  function laneCommit(commit: Commit): LaneCommit {
    const attempt = `${turn.attempt.id} ${turn.attempt.retryCount} ${version}`
    return { pipelineId, name, fingerprint, version, owner, attempt, rememberMs, commit }
  }

  return {
    load: async () => start.cursor,
    acceptance: async () => start.acceptance,
    known: (ids) => guarded(() => database.lend((client) => knownIds(client, pipelineId, ids))),
    deliveredBefore: () => guarded(() => database.lend((client) => readDeliveredBefore(client, pipelineId))),
    async commit(commit) {
      if (turn.lost) throw turn.lost
      cursor = commit.cursor
      rest = undefined
      if (commit.delivered.length + commit.quarantined.length === 0) {
        rest = laneCommit(commit)
        return
      }
      const saved = await commits.save({ turn, lanes: [laneCommit(commit)] })
      if (saved.is === 'refused') throw lose(turn, saved.why)
      version += 1n
      // A person has changed the tenant: this turn ends, and the next turn has the new settings.
      if (saved.isLast) endTurn(turn, { outcome: 'cut' })
    },
    rest: () => (rest ? [rest] : []),
    isIdle: () => rest !== undefined && version === start.version && isAsGood(start, rest.commit.cursor),
    cursor: () => cursor,
  }
}

/**
 * Whether the saved position does as well as the position now. Not if there was a re-read meanwhile: the position says when that was, and
 * without saving it each turn would re-read again. Not if the position was saved in the future, by a wrong clock: before that time comes,
 * the offset would become too old for Asana.
 */
function isAsGood({ cursor, fingerprint, savedAgoMs }: LoadedLane, now: Cursor): boolean {
  if (cursor === undefined || fingerprint === undefined || savedAgoMs === undefined) return false
  return savedAgoMs >= 0 && savedAgoMs < positionEveryMs && onlyOffsetMoved(cursor, now)
}

function filtersChanged(tenant: string): Fault {
  const message =
    `The workspace or the filters of the tenant "${tenant}" are not those its position was made with. ` +
    'Give it the old ones again, or remove it and add it under a new name.'
  return fault({ fault: 'fatal', code: 'filters_changed', message })
}
