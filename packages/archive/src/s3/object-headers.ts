/** What a store is asked to do with each object. */
export interface S3ObjectOptions {
  /**
   * The id or ARN of a key of KMS that objects are encrypted with (SSE-KMS).
   * @default as the bucket says
   */
  readonly kmsKey?: string | undefined
  /**
   * `STANDARD`, `STANDARD_IA`, `ONEZONE_IA`, `INTELLIGENT_TIERING` or `GLACIER_IR`: classes whose objects can be read at once.
   *
   * The objects of a day are read when another process begins to write on it, and by `verifyArchive`. Let a lifecycle rule of the bucket
   * move older ones.
   * @default `STANDARD`
   */
  readonly storageClass?: string | undefined
  /**
   * Tags of objects, ten at most.
   * @default none
   */
  readonly tags?: Readonly<Record<string, string>> | undefined
  /**
   * `{ mode: 'GOVERNANCE' | 'COMPLIANCE', days }`: the store keeps each object for so many days. The bucket must have object lock.
   *
   * It is a version of the object that is kept. With `COMPLIANCE` nobody can shorten that, not even the owner of the account; with
   * `GOVERNANCE` those with a special right can.
   * @default as the bucket says
   */
  readonly lock?: { readonly mode: 'GOVERNANCE' | 'COMPLIANCE'; readonly days: number } | undefined
}

export interface S3ObjectProblem {
  readonly option: keyof S3ObjectOptions
  /** The end of a sentence that begins with the name of the option. */
  readonly message: string
}

const readableClasses = ['STANDARD', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR']
const mostTags = 10
const mostDays = 36_500
const dayMs = 86_400_000

/** What is wrong with these options; undefined if they can be used. */
export function s3ObjectProblem({
  kmsKey,
  storageClass,
  tags,
  lock,
}: S3ObjectOptions): S3ObjectProblem | undefined {
  if (kmsKey !== undefined && !/^[\w/:.-]+$/.test(kmsKey))
    return { option: 'kmsKey', message: 'must be the id or the ARN of a key of KMS.' }
  if (storageClass !== undefined && !readableClasses.includes(storageClass)) {
    const message = `must be one of ${readableClasses.join(', ')}: objects of other classes cannot be read at once.`
    return { option: 'storageClass', message }
  }
  const names = Object.entries(tags ?? {})
  const isTag = ([name, value]: [string, string]): boolean =>
    /^[\p{L}\p{Z}\p{N}_.:/=+@-]{1,128}$/u.test(name) && /^[\p{L}\p{Z}\p{N}_.:/=+@-]{0,256}$/u.test(value)
  if (names.length > mostTags || !names.every(isTag)) {
    const message =
      'must be ten tags at most, with names of 1 to 128 and values of at most 256 letters, digits, blanks and _.:/=+@-.'
    return { option: 'tags', message }
  }
  if (lock === undefined) return undefined
  const isMode = lock.mode === 'GOVERNANCE' || lock.mode === 'COMPLIANCE'
  const isDays = Number.isInteger(lock.days) && lock.days >= 1 && lock.days <= mostDays
  if (isMode && isDays) return undefined
  const message = `must have the mode GOVERNANCE or COMPLIANCE, and days from 1 to ${mostDays}.`
  return { option: 'lock', message }
}

/** `now`: milliseconds since 1970. */
export function objectHeaders(
  { kmsKey, storageClass, tags, lock }: S3ObjectOptions,
  now: number,
): Record<string, string> {
  return {
    ...(kmsKey !== undefined && {
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': kmsKey,
    }),
    ...(storageClass !== undefined && { 'x-amz-storage-class': storageClass }),
    ...(tags && { 'x-amz-tagging': new URLSearchParams(tags).toString() }),
    ...(lock && {
      'x-amz-object-lock-mode': lock.mode,
      'x-amz-object-lock-retain-until-date': new Date(now + lock.days * dayMs).toISOString(),
    }),
  }
}
