import type { Fault } from '@asana-audit/core'
import { entryKey, entryKeyIn, type ManifestEntry, readEntry } from '../manifest/manifest-entry.ts'
import type { StoredEntry } from '../manifest/newer-entries.ts'
import type { VerifyingKey } from '../manifest/signature.ts'
import { sha256 } from '../sha256.ts'
import { type ArchiveProblem, entryNotRead } from './archive-problem.ts'
import { verifySignatures } from './verify-signatures.ts'

/** An entry that is there and that the store does not give now. */
export interface UnreadEntry extends Pick<StoredEntry, 'key' | 'sequence'> {
  readonly why: Fault
}

/** What the store has in the folder of a lane. */
export interface StoredChain {
  readonly folder: string
  /** In the order of their numbers. */
  readonly stored: readonly (StoredEntry | UnreadEntry)[]
}

export interface CheckedChain {
  /** The folder, if no entry could be read that names the lane. */
  readonly lane: string
  /** The entries that could be read, in order. */
  readonly entries: readonly ManifestEntry[]
  /** The SHA-256 of all entries that the store gave, as they are stored, the newest last. */
  readonly digests: readonly string[]
  readonly problems: readonly ArchiveProblem[]
}

const copy = 'Take it back from a copy; what it recorded cannot be proved without it.'

/** Checks the entries of one lane: whole, without a gap, each chained to the one before, and signed. */
export function verifyChain(
  { folder, stored }: StoredChain,
  publicKey: VerifyingKey | undefined,
): CheckedChain {
  const check = chainCheck(folder)
  const checked = stored.map((one) => ('why' in one ? check.unread(one) : check.stored(one)))
  const entries = checked.flatMap(({ entry }) => entry ?? [])
  const ofChain = checked.flatMap(({ problems }) => problems)
  return {
    lane: entries.at(-1)?.lane ?? folder,
    entries,
    digests: checked.flatMap(({ digest }) => digest ?? []),
    problems: publicKey ? [...ofChain, ...verifySignatures(entries, publicKey)] : ofChain,
  }
}

export interface CheckedEntry {
  /** Undefined if it could not be read. */
  readonly entry: ManifestEntry | undefined
  /** The SHA-256 of what is stored. */
  readonly digest: string
  readonly problems: readonly ArchiveProblem[]
}

export interface ChainCheck {
  stored(entry: StoredEntry): CheckedEntry
  /** The entry after this one is not compared with it. */
  unread(entry: UnreadEntry): Omit<CheckedEntry, 'digest'> & { readonly digest: undefined }
}

/**
 * Checks one entry of a lane after the other, in the order of their numbers, from number `from` on. Of the first one it cannot tell whether it
 * follows the one before, unless it is number 1.
 */
export function chainCheck(folder: string, from = 1): ChainCheck {
  let next = from
  /** The digest of the entry before; undefined if there is none to compare with, which is a problem of its own. */
  let before: string | null | undefined = from === 1 ? null : undefined

  /** The entries that are missing before this number. */
  function gapBefore(sequence: number): ArchiveProblem[] {
    const problems: ArchiveProblem[] = []
    if (sequence > next) {
      const first = entryKeyIn(folder, next)
      const which = sequence - next === 1 ? first : `${first} and ${sequence - next - 1} after it`
      problems.push({ code: 'entry_missing', key: first, message: `The manifest lacks ${which}. ${copy}` })
      before = undefined
    }
    next = sequence + 1
    return problems
  }

  return {
    stored({ key, sequence, bytes }) {
      const problems = gapBefore(sequence)
      const entry = readEntry(bytes)
      const digest = sha256(bytes)
      if (!entry || entry.sequence !== sequence || entryKey(entry.lane, sequence) !== key) {
        problems.push({ code: 'entry_damaged', key, message: `${key} is not as it was written. ${copy}` })
        before = undefined
        return { entry: undefined, digest, problems }
      }
      if (before !== undefined && entry.previous !== before) {
        const message = `${key} does not follow the entry before it: one of the two was changed. Compare both with a copy.`
        problems.push({ code: 'chain_broken', key, message })
      }
      before = digest
      return { entry, digest, problems }
    },
    unread({ key, sequence, why }) {
      const problems = [...gapBefore(sequence), entryNotRead(key, why)]
      before = undefined
      return { entry: undefined, digest: undefined, problems }
    },
  }
}
