import { readFile, stat } from 'node:fs/promises'
import { type Clock, fault } from '@asana-audit/core'
import { fileVersion } from '@asana-audit/core/config'
import { codeOf, pathStep, systemClock } from '@asana-audit/core/sink-kit'
import { BadContent, type Lookup, type MmdbContent, type MmdbKind, mmdbContent } from './mmdb-content.ts'

/** A database that is read again when its file changes. */
export interface MmdbFile {
  /** It never throws, and waits for nothing. */
  readonly lookup: Lookup
  /** Why the content before is still in use, as sentences. Undefined if the newest is. */
  wrong(): string | undefined
  /** That an entry of the content in use is damaged and counts as none, as a sentence. Undefined if none was found to be. */
  damaged(): string | undefined
  /** Looks at the file now. */
  look(): Promise<void>
}

/** MaxMind has a new database twice a week. */
const lookEveryMs = 10_000

/**
 * Opens a database. While addresses are looked up, its file is looked at every ten seconds at most, and read again if it is another one
 * or has changed. While what it holds cannot be used, the content before stays in use. Rejects with a fatal `bad_database` if there is
 * none before.
 */
export async function mmdbFile(path: string, kind: MmdbKind, clock: Clock = systemClock): Promise<MmdbFile> {
  let content: MmdbContent | undefined
  let version: string | undefined
  let wrong: string | undefined
  /** A file that cannot be used is not read again until it changes. */
  let refused: { readonly version: string; readonly wrong: string } | undefined
  let lookedAt = Number.NEGATIVE_INFINITY
  let looking: Promise<void> | undefined

  async function readAgain(): Promise<void> {
    lookedAt = clock.now()
    let seen: string | undefined
    try {
      // Before the read: a file that changes meanwhile is read again at the next look.
      seen = await fileVersion(path)
      wrong = seen === refused?.version ? refused.wrong : undefined
      if (wrong !== undefined || seen === version) return
      content = mmdbContent(await bytesOf(path), kind)
      version = seen
    } catch (error) {
      wrong = whyNot(path, error)
      if (seen !== undefined) refused = { version: seen, wrong }
    }
  }

  function look(): Promise<void> {
    looking ??= readAgain().finally(() => {
      looking = undefined
    })
    return looking
  }

  await look()
  const first = content
  if (!first) throw fault({ fault: 'fatal', code: 'bad_database', message: wrong ?? '' })
  return {
    lookup(address) {
      const ageMs = clock.now() - lookedAt
      if (ageMs < 0 || ageMs >= lookEveryMs) void look()
      return (content ?? first).lookup(address)
    },
    wrong: () => wrong,
    damaged: () =>
      (content ?? first).isDamaged()
        ? `The file ${path} has a damaged entry, which counts as none. Download it again.`
        : undefined,
    look,
  }
}

/** A pipe would wait for its other end. */
async function bytesOf(path: string): Promise<Buffer> {
  const found = await stat(path)
  if (!found.isFile() && !found.isDirectory()) throw new BadContent('is a pipe or a device. Give a file.')
  return readFile(path)
}

function whyNot(path: string, error: unknown): string {
  if (error instanceof BadContent) return `The file ${path} ${error.message}`
  return `The file ${path} cannot be read (${codeOf(error)}). ${stepOf(error)}`
}

/** Nobody creates a database: it comes from where it is published. */
function stepOf(error: unknown): string {
  return codeOf(error) === 'ENOENT' ? 'Download it, or give the path of one that is there.' : pathStep(error)
}
