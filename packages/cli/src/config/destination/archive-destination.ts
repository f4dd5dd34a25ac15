import { createHash } from 'node:crypto'
import { namedFile, readSmallFile } from '@asana-audit/core/config'
import { codeOf } from '@asana-audit/core/sink-kit'
import { didYouMean } from '../../terminal/did-you-mean.ts'
import type { Problem } from '../../terminal/problem.ts'
import type { Origin } from '../origin.ts'
import { parseDuration } from '../times/time.ts'
import type { ArchiveShape } from './archive-shape.ts'
import { type DestinationMap, goodMapValues } from './destination-map.ts'
import { isMisspeltS3, isS3, type S3Location, s3Location, writeS3 } from './s3-location.ts'

export interface ArchiveDestination extends ArchiveShape {
  readonly kind: 'archive'
  /** The path of its folder, or `s3://bucket/prefix`. */
  readonly location: string
  /** Undefined for a folder. */
  readonly s3: S3Location | undefined
  readonly compression: 'gzip' | 'zstd' | undefined
  readonly maxAgeMs: number | undefined
  readonly maxRows: number | undefined
  readonly maxBytes: number | undefined
  readonly signing: Signing | undefined
}

export interface Signing {
  readonly path: string
  /** A function, so that nothing that shows settings shows the key. */
  readonly key: () => string
  /** Differs if the key differs, so that a change is noticed. */
  readonly sha256: string
}

type ArchiveMap = Extract<DestinationMap, { kind: 'archive' }>['map']

/** Adds problems to the list and returns undefined if there are any. */
export async function archiveDestination(
  map: ArchiveMap,
  settingName: (key: string) => string,
  origin: Origin,
  env: NodeJS.ProcessEnv,
  problems: Problem[],
): Promise<ArchiveDestination | undefined> {
  const before = problems.length
  const wrong = (key: keyof ArchiveMap, what: string): void =>
    void problems.push({ setting: settingName(key), message: `${what} ${goodMapValues[key]}` })
  const { location, compression, max_age: maxAge, max_rows: maxRows, max_bytes: maxBytes } = map
  const s3 = isS3(location) ? await s3Location(map, settingName, origin, env, problems) : undefined
  if (!isS3(location)) {
    if (isMisspeltS3(location)) problems.push({ setting: settingName('location'), message: writeS3 })
    else if (/^\w[\w+.-]+:\/\//.test(location)) wrong('location', 'It is neither a folder nor a bucket.')
    for (const key of onlyForBuckets) {
      if (map[key] === undefined) continue
      const message =
        'It is only for a bucket, but the location is a folder. Leave it out, or give s3://BUCKET/PREFIX.'
      problems.push({ setting: settingName(key), message })
    }
  }
  if (compression !== undefined && compression !== 'gzip' && compression !== 'zstd') {
    const meant = didYouMean(compression, ['gzip', 'zstd'])
    problems.push({ setting: settingName('compression'), message: `It must be gzip or zstd.${meant}` })
  }
  // Loaded for a pipeline that writes to an archive.
  const { archiveShape } = await import('./archive-shape.ts')
  const shape = await archiveShape(map, s3?.address.region, settingName, problems)
  const maxAgeMs = maxAge === undefined ? undefined : parseDuration(maxAge)
  if (maxAge !== undefined && !(maxAgeMs !== undefined && maxAgeMs >= 1_000 && maxAgeMs <= 900_000))
    wrong('max_age', 'It cannot be used.')
  const signing = map.signing_key_file === undefined ? undefined : await readKey(map.signing_key_file)

  async function readKey(written: string): Promise<Signing | undefined> {
    const path = origin.file(written)
    const named = `The file it names${namedFile(written, path)}`
    try {
      const text = readSmallFile(path, maxKeyBytes)
      const { archiveKeyProblem } = await import('@asana-audit/archive')
      const problem = archiveKeyProblem(text, 'private')
      if (problem === undefined) {
        return { path, key: () => text, sha256: createHash('sha256').update(text).digest('base64url') }
      }
      problems.push({ setting: settingName('signing_key_file'), message: `${named}: ${problem}` })
    } catch (error) {
      wrong('signing_key_file', `${named} cannot be read (${codeOf(error)}).`)
    }
    return undefined
  }

  if (problems.length > before) return undefined
  return {
    kind: 'archive',
    ...{ s3, maxAgeMs, maxRows, maxBytes, signing },
    location: s3 ? location : origin.file(location),
    ...shape,
    compression: compression as ArchiveDestination['compression'],
  }
}

const onlyForBuckets = [
  ...(['region', 'endpoint', 'path_style', 'allow_plain_http', 'ca_file'] as const),
  ...(['kms_key', 'storage_class', 'tags', 'lock_mode', 'lock_days'] as const),
]
const maxKeyBytes = 65_536
