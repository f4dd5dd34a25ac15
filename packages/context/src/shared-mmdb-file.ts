import { fault } from '@asana-audit/core'
import type { MmdbKind } from './mmdb-content.ts'
import { type MmdbFile, mmdbFile } from './mmdb-file.ts'

/** Those in use, by kind and path. */
const open = new Map<string, WeakRef<MmdbFile>>()

/**
 * The same for all that use the file in this process: a City database takes 60 MB of memory. One that is open already is looked at first,
 * so a broken file is refused as it is for the first user. Rejects as `mmdbFile`.
 */
export async function sharedMmdbFile(path: string, kind: MmdbKind): Promise<MmdbFile> {
  const key = `${kind} ${path}`
  const known = open.get(key)?.deref()
  if (!known) {
    const file = await mmdbFile(path, kind)
    open.set(key, new WeakRef(file))
    return file
  }
  await known.look()
  const wrong = known.wrong()
  if (wrong !== undefined) throw fault({ fault: 'fatal', code: 'bad_database', message: wrong })
  return known
}
