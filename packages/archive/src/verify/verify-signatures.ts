import { entryKey, type ManifestEntry, signedText } from '../manifest/manifest-entry.ts'
import type { VerifyingKey } from '../manifest/signature.ts'
import type { ArchiveProblem } from './archive-problem.ts'

type Finding = 'unsigned' | 'bad_signature'

/** Entries of one lane that follow each other, all with the same finding. */
interface Run {
  readonly code: Finding
  readonly first: string
  last: string
  count: number
}

/**
 * Checks the signatures of one lane. Entries that follow each other make one problem, since an archive that began without a key has
 * thousands of them. An unsigned entry after signed ones is a problem of its own: somebody else may have written it.
 */
export function verifySignatures(
  entries: readonly ManifestEntry[],
  publicKey: VerifyingKey,
): ArchiveProblem[] {
  const runs: Run[] = []
  let before: Finding | undefined
  for (const entry of entries) {
    const code = findingOf(entry, publicKey)
    const key = entryKey(entry.lane, entry.sequence)
    const run = runs.at(-1)
    if (code !== undefined && code !== before) runs.push({ code, first: key, last: key, count: 1 })
    else if (code !== undefined && run) Object.assign(run, { last: key, count: run.count + 1 })
    before = code
  }
  return runs.map(problemOf)
}

function findingOf(entry: ManifestEntry, publicKey: VerifyingKey): Finding | undefined {
  const { signature } = entry
  if (!signature) return 'unsigned'
  return publicKey.verifies(signedText(entry), signature) ? undefined : 'bad_signature'
}

function problemOf({ code, first: key, last, count }: Run): ArchiveProblem {
  const were = count === 1 ? `${key} was` : `${count} entries, from ${key} to ${last}, were`
  const message =
    code === 'unsigned'
      ? `${were} not signed. If the archive was written without a key then, leave the key out: only the chain can be checked there.`
      : `${were} not signed with this key. Either what was written was changed, or another key was in use then: compare with a copy, or give the key of that time too.`
  return { code, key, ...(count > 1 && { entries: { count, last } }), message }
}
