import { entryKey, entryKeyIn, type ManifestEntry, readEntry } from '../manifest/manifest-entry.ts'
import type { StoredEntry } from '../manifest/newer-entries.ts'
import type { VerifyingKey } from '../manifest/signature.ts'
import { sha256 } from '../sha256.ts'
import type { ArchiveProblem } from './archive-problem.ts'
import { verifySignatures } from './verify-signatures.ts'

/** What the store has in the folder of a lane. */
export interface StoredChain {
  readonly folder: string
  /** In the order of their numbers. */
  readonly stored: readonly StoredEntry[]
}

export interface CheckedChain {
  /** The folder, if no entry could be read that names the lane. */
  readonly lane: string
  /** The entries that could be read, in order. */
  readonly entries: readonly ManifestEntry[]
  /** The SHA-256 of all entries as they are stored, the newest last. */
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
  const checked = stored.map(check)
  const entries = checked.flatMap(({ entry }) => entry ?? [])
  const ofChain = checked.flatMap(({ problems }) => problems)
  return {
    lane: entries.at(-1)?.lane ?? folder,
    entries,
    digests: checked.map(({ digest }) => digest),
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

/**
 * Checks one entry of a lane after the other, in the order of their numbers, from number `from` on. Of the first one it cannot tell whether it
 * follows the one before, unless it is number 1.
 */
export function chainCheck(folder: string, from = 1): (stored: StoredEntry) => CheckedEntry {
  let next = from
  /** The digest of the entry before; undefined after a gap, which is a problem of its own. */
  let before: string | null | undefined = from === 1 ? null : undefined
  return ({ key, sequence, bytes }) => {
    const problems: ArchiveProblem[] = []
    const entry = readEntry(bytes)
    if (sequence > next) {
      const first = entryKeyIn(folder, next)
      const which = sequence - next === 1 ? first : `${first} and ${sequence - next - 1} after it`
      problems.push({ code: 'entry_missing', key: first, message: `The manifest lacks ${which}. ${copy}` })
      before = undefined
    }
    next = sequence + 1
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
  }
}
