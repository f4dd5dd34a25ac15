import { inClear } from '@asana-audit/core/sink-kit'
import { awsEndpoint } from './aws-endpoint.ts'

/** Where the objects of an archive are in a store that speaks S3. */
export interface S3Address {
  readonly bucket: string
  /** Empty, or ends with a slash. */
  readonly prefix: string
  readonly region: string
  /** The address of the bucket, or of the store if the path names the bucket. It ends with a slash. */
  readonly base: string
}

export interface S3AddressOptions {
  /** The name of the bucket, which must exist. */
  readonly bucket: string
  /**
   * What all keys begin with, without a slash at its end.
   * @default none
   */
  readonly prefix?: string | undefined
  /**
   * The region of the bucket, such as `eu-central-1`; for Cloudflare R2 `auto`.
   * @default 'us-east-1'
   */
  readonly region?: string | undefined
  /**
   * The address of another store than AWS, such as `https://s3.example.com`.
   * @default that of AWS in the region
   */
  readonly endpoint?: string | undefined
  /**
   * Whether the bucket is in the path of an address, and not in its host name.
   * @default true with an endpoint or a dot in the name of the bucket
   */
  readonly pathStyle?: boolean | undefined
  /**
   * Allows plain http to another machine, which sends events unencrypted. To this machine http is always allowed.
   * @default false
   */
  readonly allowPlainHttp?: boolean | undefined
}

const usualRegion = 'us-east-1'
const bucketForm = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/

export interface S3AddressProblem {
  readonly option: 'bucket' | 'prefix' | 'region' | 'endpoint'
  /** The end of a sentence that begins with the name of the option. */
  readonly message: string
}

/** What is wrong with an address; undefined if it can be used. `allowing`: the setting that allows plain HTTP. */
export function s3AddressProblem(
  options: S3AddressOptions,
  allowing = 'allowPlainHttp',
): S3AddressProblem | undefined {
  const { bucket, prefix = '', region = usualRegion, endpoint, allowPlainHttp = false } = options
  if (typeof bucket !== 'string' || !bucketForm.test(bucket)) {
    const message = 'must be the name of a bucket: 3 to 63 small letters, digits, dots and hyphens.'
    return { option: 'bucket', message }
  }
  // An address with such a part leads elsewhere, even to another bucket.
  if (prefix.split('/').some((part) => part === '.' || part === '..'))
    return { option: 'prefix', message: 'must not have . or .. as a part, such as in a/../b.' }
  if (!/^[\w-]+$/.test(region)) return { option: 'region', message: 'must be a name such as eu-central-1.' }
  if (endpoint === undefined) return undefined
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  const isHttp = url?.protocol === 'https:' || url?.protocol === 'http:'
  if (!url || !isHttp || url.username || url.password || url.search || url.hash) {
    const message = 'must be a URL without a user name, query and fragment, such as https://s3.example.com.'
    return { option: 'endpoint', message }
  }
  if (!inClear(url) || allowPlainHttp) return undefined
  const message = `begins with http://, which would send events unencrypted. Use https://, or set ${allowing} to true.`
  return { option: 'endpoint', message }
}

/** Throws a TypeError that names the option. */
export function s3Address(options: S3AddressOptions): S3Address {
  const problem = s3AddressProblem(options)
  if (problem) throw new TypeError(`The option ${problem.option} of s3Store ${problem.message}`)
  const { bucket, prefix = '', region = usualRegion, endpoint } = options
  const { pathStyle = endpoint !== undefined || bucket.includes('.') } = options
  const url = new URL(endpoint ?? awsEndpoint('s3', region))
  if (!url.pathname.endsWith('/')) url.pathname += '/'
  if (!pathStyle) url.hostname = `${bucket}.${url.hostname}`
  return {
    ...{ bucket, region },
    prefix: prefix === '' ? '' : `${prefix.replace(/\/+$/, '')}/`,
    base: pathStyle ? `${url.href}${bucket}/` : url.href,
  }
}

/** Where requests about the bucket go. Throws a TypeError that names the option. */
export function s3BucketUrl(options: S3AddressOptions): URL {
  return bucketUrl(s3Address(options), {})
}

/** Each part of the key is encoded: a plus or an equals sign would make another signature. */
export function objectUrl({ base, prefix }: S3Address, key: string): URL {
  const path = `${prefix}${key}`.split('/').map(encodeURIComponent).join('/')
  return new URL(base + path)
}

export function bucketUrl({ base }: S3Address, query: Readonly<Record<string, string>>): URL {
  const url = new URL(base)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url
}

/** The place of an archive as messages name it. */
export function placeOf({ bucket, prefix }: S3Address): string {
  return `s3://${bucket}/${prefix}`.replace(/\/$/, '')
}
