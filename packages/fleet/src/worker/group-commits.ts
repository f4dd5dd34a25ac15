import type { LaneCommit } from '@asana-audit/core/postgres-state'
import { databaseFault } from '../database/database-fault.ts'
import type { Loss, Turn, TurnEnd } from './turn.ts'

/** What one turn wants to be saved. */
export interface Saving {
  readonly turn: Turn
  readonly lanes: readonly LaneCommit[]
  /** The first start of the tenant: from when on everything is asked for, in milliseconds since 1970. */
  readonly start?: number | undefined
  /** The tenant has a backlog, so a turn for it is planned. */
  readonly hasBacklog?: boolean | undefined
  /** The turn is over: its job is replaced by the next one. */
  readonly end?: TurnEnd | undefined
}

/** What became of a saving. */
export type Saved =
  /** `isLast`: a person changed the tenant, so the turn must end here. */
  | { readonly is: 'saved'; readonly isLast: boolean }
  /** Not all lanes of the turn were saved. */
  | { readonly is: 'refused'; readonly why: Loss }

export interface GroupCommits {
  /** Resolves once it is saved or refused, together with what other turns save within `groupMs`. Rejects with a `databaseFault`. */
  save(saving: Saving): Promise<Saved>
}

export interface GroupOptions {
  /** Saves all of them in one transaction. */
  readonly write: (group: readonly Saving[]) => Promise<readonly Saved[]>
  /** How long the first saving of a group waits for others, in milliseconds. */
  readonly groupMs: number
}

/** A group of this size is saved without waiting for more. */
const mostInGroup = 64

interface Waiting {
  readonly saving: Saving
  readonly resolve: (saved: Saved) => void
  readonly reject: (error: unknown) => void
}

/**
 * Commits of many turns in one transaction, since a commit waits for the disk. One group is under way at a time; what comes meanwhile makes the
 * next one. If a group fails, each saving is tried alone: one that PostgreSQL cannot take must not hold up the others.
 */
export function groupCommits({ write, groupMs }: GroupOptions): GroupCommits {
  let waiting: Waiting[] = []
  let isWriting = false
  let timer: NodeJS.Timeout | undefined

  async function writeNext(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    if (isWriting || waiting.length === 0) return
    isWriting = true
    const group = waiting.slice(0, mostInGroup)
    waiting = waiting.slice(mostInGroup)
    await writeGroup(group)
    isWriting = false
    if (waiting.length > 0) await writeNext()
  }

  async function writeGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const saved = await write(group.map(({ saving }) => saving))
      for (const [index, { resolve }] of group.entries()) resolve(saved[index]!)
    } catch (error) {
      if (group.length === 1 || !isOfOne(error)) {
        const fault = databaseFault(error)
        for (const { reject } of group) reject(fault)
        return
      }
      for (const one of group) await writeGroup([one])
    }
  }

  return {
    save: (saving) =>
      new Promise((resolve, reject) => {
        waiting.push({ saving, resolve, reject })
        if (waiting.length >= mostInGroup) void writeNext()
        else timer ??= setTimeout(() => void writeNext(), groupMs)
      }),
  }
}

/**
 * Whether one saving of the group may be the reason: PostgreSQL refused what it holds (classes 22 and 23), or two transactions waited for each
 * other (40). After a broken connection or on a full disk, no saving would succeed alone either.
 */
function isOfOne(error: unknown): boolean {
  const { code } = Object(error) as { code?: unknown }
  return typeof code === 'string' && /^(22|23|40)/.test(code)
}
