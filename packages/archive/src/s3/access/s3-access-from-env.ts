import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { type Clock, type HttpClient, type HttpClientOptions, httpClient } from '@asana-audit/core'
import { type Environment, type SettingProblem, secretFile } from '@asana-audit/core/config'
import { systemClock } from '@asana-audit/core/sink-kit'
import { awsEndpoint } from '../aws-endpoint.ts'
import { containerAccess, instanceAccess } from './metadata-access.ts'
import { profileAccess } from './profile-access.ts'
import { renewedAccess, type TemporaryAccess } from './renewed-access.ts'
import type { S3Access, S3AccessReader } from './s3-access.ts'
import { webIdentityAccess } from './web-identity.ts'

export type S3AccessFromEnv =
  | {
      readonly access: S3Access | S3AccessReader
      /** Where the key comes from, in words that do not show it. */
      readonly from: string
      readonly problems?: never
    }
  | { readonly access?: never; readonly problems: readonly SettingProblem[] }

export interface S3AccessFromEnvOptions {
  /** The region, for the security token service. */
  readonly region: string
  /**
   * How the security token service is reached, as for `httpClient`. The metadata service of a machine or container is always reached
   * directly.
   * @default directly
   */
  readonly http?: HttpClientOptions | undefined
  /**
   * `now`, `sleep` and `random`, for tests.
   * @default the system's
   */
  readonly clock?: Clock | undefined
}

interface Place {
  readonly set: (name: string) => string | undefined
  readonly options: S3AccessFromEnvOptions
  readonly clock: Clock
}

/**
 * The key that the usual variables of AWS name: the key itself, a web identity, a file of credentials, the role of a container, the role of
 * the machine; the first of these that is there. Nothing is asked for before the first request.
 */
export function s3AccessFromEnv(env: Environment, options: S3AccessFromEnvOptions): S3AccessFromEnv {
  const set = (name: string): string | undefined => env[name]?.trim() || undefined
  const place = { set, options, clock: options.clock ?? systemClock }
  return (
    ownKey(place) ?? webIdentity(place) ?? credentialsFile(place) ?? ofContainer(place) ?? ofMachine(place)
  )
}

function ownKey({ set }: Place): S3AccessFromEnv | undefined {
  const [accessKeyId, secretAccessKey] = [set('AWS_ACCESS_KEY_ID'), set('AWS_SECRET_ACCESS_KEY')]
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined
  if (accessKeyId !== undefined && secretAccessKey !== undefined) {
    const access = { accessKeyId, secretAccessKey, sessionToken: set('AWS_SESSION_TOKEN') }
    return { access, from: 'AWS_ACCESS_KEY_ID' }
  }
  const setting = accessKeyId === undefined ? 'AWS_ACCESS_KEY_ID' : 'AWS_SECRET_ACCESS_KEY'
  return problem(setting, 'It is missing, and the other half of the key is set.')
}

function webIdentity({ set, options, clock }: Place): S3AccessFromEnv | undefined {
  const file = set('AWS_WEB_IDENTITY_TOKEN_FILE')
  if (file === undefined) return undefined
  const roleArn = set('AWS_ROLE_ARN')
  if (roleArn === undefined) return problem('AWS_ROLE_ARN', 'It is missing: the web identity is for a role.')
  const endpoint = set('AWS_ENDPOINT_URL_STS') ?? awsEndpoint('sts', options.region)
  if (!URL.canParse(endpoint)) return problem('AWS_ENDPOINT_URL_STS', 'It is not a URL.')
  const identity = {
    ...{ roleArn, sessionName: set('AWS_ROLE_SESSION_NAME') ?? 'asana-audit', endpoint: new URL(endpoint) },
    token: secretFile(file, file, clock, 'web identity token'),
  }
  const get = (http: HttpClient): Promise<TemporaryAccess> => webIdentityAccess(identity, http)
  return renewed(get, `a web identity for the role ${roleArn}`, clock, options.http)
}

function credentialsFile({ set, clock }: Place): S3AccessFromEnv | undefined {
  const named = set('AWS_SHARED_CREDENTIALS_FILE')
  const path = named ?? join(set('HOME') ?? homedir(), '.aws/credentials')
  const chosen = set('AWS_PROFILE')
  if (named === undefined && chosen === undefined && !existsSync(path)) return undefined
  const profile = chosen ?? 'default'
  const text = secretFile(path, path, clock, 'credentials')
  const access = async (): Promise<S3Access> => profileAccess(await text(), profile, path)
  return { access, from: `the profile [${profile}] of ${path}` }
}

function ofContainer({ set, clock }: Place): S3AccessFromEnv | undefined {
  const relative = set('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI')
  const full = set('AWS_CONTAINER_CREDENTIALS_FULL_URI')
  const address = relative === undefined ? full : `http://169.254.170.2${relative}`
  if (address === undefined) return undefined
  if (!URL.canParse(address)) return problem('AWS_CONTAINER_CREDENTIALS_FULL_URI', 'It is not a URL.')
  const file = set('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE')
  const text = set('AWS_CONTAINER_AUTHORIZATION_TOKEN')
  const inText = text === undefined ? undefined : (): string => text
  const authorization = file === undefined ? inText : secretFile(file, file, clock, 'authorization')
  const url = new URL(address)
  return renewed((http) => containerAccess(url, authorization, http), 'the role of the container', clock)
}

function ofMachine({ set, clock }: Place): S3AccessFromEnv {
  if (set('AWS_EC2_METADATA_DISABLED')?.toLowerCase() === 'true') {
    const message = 'It is missing: no variable of AWS names a key. Set it and AWS_SECRET_ACCESS_KEY.'
    return problem('AWS_ACCESS_KEY_ID', message)
  }
  const address = set('AWS_EC2_METADATA_SERVICE_ENDPOINT') ?? 'http://169.254.169.254'
  if (!URL.canParse(address)) return problem('AWS_EC2_METADATA_SERVICE_ENDPOINT', 'It is not a URL.')
  const url = new URL(address.replace(/\/*$/, '/'))
  return renewed((http) => instanceAccess(url, http), 'the role of the machine', clock)
}

function renewed(
  get: (http: HttpClient) => Promise<TemporaryAccess>,
  from: string,
  clock: Clock,
  options?: HttpClientOptions,
): S3AccessFromEnv {
  // A key lasts for an hour or so: no connection is kept for that.
  const once = async (): Promise<TemporaryAccess> => {
    const http = httpClient(options)
    try {
      return await get(http)
    } finally {
      await http.close()
    }
  }
  return { access: renewedAccess(once, clock), from }
}

function problem(setting: string, message: string): S3AccessFromEnv {
  return { problems: [{ setting, message }] }
}
