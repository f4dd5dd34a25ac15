import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { s3BucketLock, s3BucketUrl, s3BucketVersions } from '@asana-audit/archive'
import { isFault } from '@asana-audit/core'
import { isLocked } from '@asana-audit/core/file-lock'
import type { ArchiveDestination } from '../config/destination/archive-destination.ts'
import type { S3Location } from '../config/destination/s3-location.ts'
import type { PipelineSettings } from '../config/pipeline/pipeline-settings.ts'
import { archiveFolderProblem } from '../config/places/archive-folder-problem.ts'
import type { StatePath } from '../config/state-path.ts'
import { archiveStore } from '../input/archive/archive-store.ts'
import type { Warning } from '../terminal/problem.ts'
import { isRunning } from './is-running.ts'
import { throughProxy } from './through-proxy.ts'
import type { Verdict } from './verdict.ts'

/** Looks at the place and writes nothing. `state`: where the state of the runner is that may be writing there, if known. */
export async function checkArchive(
  pipeline: PipelineSettings,
  destination: ArchiveDestination,
  state: StatePath | undefined,
  onWarning: (warning: Warning) => void,
): Promise<Verdict> {
  const { s3, signing } = destination
  const signed = signing
    ? `Entries of the manifest are signed with the key in ${signing.path}.`
    : 'Entries of the manifest form a chain and are not signed: signing_key_file in YAML names a key.'
  const verdict = s3
    ? await checkBucket(pipeline, destination, s3, onWarning)
    : await checkFolder(pipeline.name, destination, state)
  return verdict.ok ? { ...verdict, message: `${verdict.message} ${signed}` } : verdict
}

/** Rejects with the fault of a bucket that cannot be listed. */
async function checkBucket(
  { proxies }: PipelineSettings,
  destination: ArchiveDestination,
  s3: S3Location,
  onWarning: (warning: Warning) => void,
): Promise<Verdict> {
  const store = archiveStore(destination, proxies, onWarning)
  try {
    const first = await store.list('_manifest/')[Symbol.asyncIterator]().next()
    const holds = first.done ? 'holds no archive yet' : 'holds an archive'
    const kept = s3.objects.lock ? await lockVerdict(proxies, s3) : await versionsText(proxies, s3)
    if (typeof kept !== 'string') return kept
    const untried = 'Whether the key may write there is shown by the first object.'
    const place = store.place + (await throughProxy(proxies, s3BucketUrl(s3.address)))
    return {
      ok: true,
      message: `${place} can be listed and ${holds}. The key is from ${s3.accessFrom}.${kept} ${untried}`,
    }
  } finally {
    await store.close()
  }
}

/** A sentence about the lock, or what is wrong. */
async function lockVerdict(proxies: PipelineSettings['proxies'], s3: S3Location): Promise<string | Verdict> {
  const http = proxies.through(s3.credentials)
  const { isEnabled, usual } = await s3BucketLock({ ...s3.address, ...http, access: s3.access(http) })
  if (isEnabled) return ` It has object lock${usual === undefined ? '' : `, by default ${usual}`}.`
  const message = `The bucket ${s3.address.bucket} has no object lock, but lock_mode is set, so it would refuse every object. Enable object lock and versioning for the bucket, or leave out lock_mode and lock_days.`
  return { ok: false, code: 'lock_not_enabled', message }
}

/** A sentence about versions. A store that does not answer this can still hold an archive. */
async function versionsText(proxies: PipelineSettings['proxies'], s3: S3Location): Promise<string> {
  const http = proxies.through(s3.credentials)
  const step = 'Turn on versioning for the bucket, or better object lock.'
  try {
    switch (await s3BucketVersions({ ...s3.address, ...http, access: s3.access(http) })) {
      case 'kept':
        return ' It keeps versions of objects.'
      case 'suspended':
        return ` Versioning of the bucket is suspended, so an object that somebody removes is gone. ${step}`
      case 'off':
        return ` Versioning of the bucket is off, so an object that somebody removes is gone. ${step}`
    }
  } catch (error) {
    if (!isFault(error)) throw error
    return ' Whether it keeps versions of objects is not known: the key may not ask (s3:GetBucketVersioning), or the store has none.'
  }
}

async function checkFolder(
  pipeline: string,
  { location }: ArchiveDestination,
  state: StatePath | undefined,
): Promise<Verdict> {
  const isThere = existsSync(location)
  const problem = await archiveFolderProblem(location)
  if (problem !== undefined) return { ok: false, code: 'not_writable', message: problem }
  const lock = join(location, '.lock')
  if (!existsSync(lock) || !isLocked(lock)) {
    return { ok: true, message: `The archive ${location} ${isThere ? 'can be written' : 'can be created'}.` }
  }
  if (state !== undefined && (await isRunning(state, pipeline)))
    return { ok: true, message: `${location} is in use by the runner of this pipeline.` }
  const message = `Another process writes the archive ${location}. Stop it, or choose another folder.`
  return { ok: false, code: 'archive_in_use', message }
}
