import { type Fault, type FaultShape, fault, type HttpResponse } from '@asana-audit/core'
import {
  answeredBy,
  redirectTarget,
  sanitizeServerText,
  statusFault,
  withRetryAfter,
} from '@asana-audit/core/sink-kit'
import { xmlRoot } from './xml-root.ts'

/** An error of S3 in the body of an answer. */
export interface S3Error {
  readonly code: string
  readonly message: string
}

/** Undefined if the body holds none. An answer with 200 may hold one too. */
export function readS3Error(body: Uint8Array): S3Error | undefined {
  const text = Buffer.from(body.subarray(0, 10_000)).toString('utf8')
  const [, inside] = /<Error>([\s\S]*)<\/Error>/.exec(text) ?? []
  const [, code] = /<Code>\s*(\w+)\s*<\/Code>/.exec(inside ?? '') ?? []
  if (inside === undefined || code === undefined) return undefined
  const [message = ''] = /<Message>[\s\S]*?<\/Message>/.exec(inside) ?? []
  return { code, message: xmlRoot(message, 'Message')?.text.trim() ?? '' }
}

interface Meaning {
  readonly shape: FaultShape
  readonly step: string
}

const again = 'It is tried again.'
const temporary = (code: string, step = again): Meaning => ({ shape: { fault: 'temporary', code }, step })
const fatal = (code: string, step: string): Meaning => ({ shape: { fault: 'fatal', code }, step })

const wrongRegion = fatal('wrong_region', 'The bucket is in another region: set the region to that one.')
/** A store says in the body or a header that it is about the region. */
const redirected = fatal(
  'redirected',
  'Redirects are not followed. Check the endpoint, and whether a proxy or a login page is in between.',
)
const expired = fatal(
  'expired_credentials',
  'Renew the session token, or give a role whose keys are renewed by themselves.',
)

/** That object lock is missing. Stores say it with a code that has many other meanings. */
const lockMissing = fatal(
  'lock_not_enabled',
  'Enable object lock and versioning for the bucket, or archive without a lock.',
)
const saysLockMissing = /missing object ?lock ?configuration/i

/** By the code in the body: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const meanings: Readonly<Record<string, Meaning>> = {
  AccessDenied: fatal(
    'forbidden',
    'Allow this key s3:PutObject, s3:GetObject and s3:ListBucket on the bucket and prefix; to join objects, s3:DeleteObject and s3:GetBucketObjectLockConfiguration too.',
  ),
  AuthorizationHeaderMalformed: wrongRegion,
  BadDigest: temporary('damaged_on_the_way'),
  ConditionalRequestConflict: temporary('conflict'),
  ExpiredToken: expired,
  IncompleteBody: temporary('damaged_on_the_way'),
  InternalError: temporary('server_error'),
  InvalidAccessKeyId: fatal('unauthorized', 'The store does not know this access key. Give another one.'),
  InvalidToken: expired,
  InvalidObjectState: fatal(
    'not_restored',
    'The object is in an archive class of the store: restore it there first, as all objects of its days.',
  ),
  NoSuchBucket: fatal('no_bucket', 'Make the bucket, or correct its name, region and endpoint.'),
  OperationAborted: temporary('conflict'),
  PermanentRedirect: wrongRegion,
  RequestTimeout: temporary('request_timeout'),
  RequestTimeTooSkewed: fatal(
    'clock_skew',
    'Set the clock of this machine: it differs from that of the store.',
  ),
  ServiceUnavailable: temporary('unavailable'),
  SignatureDoesNotMatch: fatal(
    'unauthorized',
    'The secret key does not belong to the access key, or a proxy changes requests. Give the right pair.',
  ),
  SlowDown: temporary('slow_down'),
  TemporaryRedirect: temporary('unavailable'),
  TokenRefreshRequired: expired,
  // What versitygw says instead of InvalidAccessKeyId.
  XAdminUserNotFound: fatal('unauthorized', 'The store does not know this access key. Give another one.'),
  XAmzContentChecksumMismatch: temporary('damaged_on_the_way'),
  XAmzContentSHA256Mismatch: temporary('damaged_on_the_way'),
}

/**
 * The fault for an answer that is not what was asked for. It is never `rejected`: an object holds many events, and if a store does not
 * take the object, no single event is the reason.
 */
export function s3Fault(
  response: HttpResponse,
  asked: URL,
  where: string,
  secrets: readonly string[],
  now: number,
): Fault {
  const { status, headers, body } = response
  const error = readS3Error(body)
  const meaning = error && (saysLockMissing.test(error.message) ? lockMissing : meanings[error.code])
  const { shape, step } = meaning ?? byStatus(response)
  const region = headers['x-amz-bucket-region']
  const target = redirectTarget(response, asked)
  const said = error ? sanitizeServerText(error.message, secrets) : ''
  const message = [
    `${error ? where : answeredBy(where, response)} answered ${status}${error ? ` (${error.code})` : ''}.`,
    shape.code === 'wrong_region' && region ? `The bucket is in ${region}: set the region to that.` : step,
    shape.code === 'redirected' && target && `It leads to ${sanitizeServerText(target, secrets)}.`,
    said && `It says: "${said}".`,
  ]
  return fault({
    ...withRetryAfter(shape, headers['retry-after'], now),
    message: message.filter(Boolean).join(' '),
  })
}

function byStatus({ status, headers }: HttpResponse): Meaning {
  if (status >= 200 && status < 300)
    return temporary(
      'not_a_store',
      'This answer is not from an S3 store. Check the endpoint, and any proxy on the way to the store.',
    )
  const shape = statusFault(status)
  if (shape.fault === 'temporary') return temporary(shape.code)
  if (shape.fault === 'rejected') return fatal('refused', 'The store refuses the request: see what it says.')
  if (shape.code === 'redirected') return headers['x-amz-bucket-region'] ? wrongRegion : redirected
  return fatal(shape.code, 'Check bucket, region, endpoint and the rights of the key.')
}
