import type { S3AccessFromEnv, S3AddressOptions, S3ObjectOptions } from '@asana-audit/archive'
import type { CredentialsReader, HttpClientOptions } from '@asana-audit/core'
import {
  pathVariable,
  readFlag,
  variable,
  type WrittenPath,
  writtenCertificates,
} from '@asana-audit/core/config'
import type { Problem } from '../../terminal/problem.ts'
import { inHome, type Origin } from '../origin.ts'
import { type DestinationMap, goodMapValues } from './destination-map.ts'

/** A place in an object store. */
export interface S3Location {
  readonly address: S3AddressOptions
  readonly objects: S3ObjectOptions
  /** Certificates to trust. */
  readonly credentials: CredentialsReader | undefined
  /** Where the key comes from, in words. */
  readonly accessFrom: string
  /** A function, so that nothing that shows settings shows the key. `http` is for the security token service. */
  readonly access: (http: HttpClientOptions) => NonNullable<S3AccessFromEnv['access']>
}

type ArchiveMap = Extract<DestinationMap, { kind: 'archive' }>['map']

/** Whether a location is in an object store. */
export function isS3(location: string): boolean {
  return /^s3:\/\//i.test(location)
}

/** Whether a location is meant to be in an object store, but is not written like that: `s3:/bucket`. It would be taken for a folder. */
export function isMisspeltS3(location: string): boolean {
  return /^s3[an]?(:|\/\/)/i.test(location) && !isS3(location)
}

export const writeS3 = 'A bucket is written as s3://BUCKET/PREFIX, with two slashes.'

/** Reads what the map leaves out from the usual variables of AWS. Adds problems to the list and returns undefined if there are any. */
export async function s3Location(
  map: ArchiveMap,
  settingName: (key: string) => string,
  origin: Origin,
  env: NodeJS.ProcessEnv,
  problems: Problem[],
): Promise<S3Location | undefined> {
  const before = problems.length
  const { s3AccessFromEnv, s3AddressProblem } = await import('@asana-audit/archive')
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]*)\/?(.*)$/i.exec(map.location) ?? []
  const setting = (key: 'region' | 'endpoint', ...names: readonly string[]): ReturnType<typeof variable> => {
    if (map[key] !== undefined) return { setting: settingName(key), value: map[key] }
    const set = names.map((name) => variable(env, name)).find(({ value }) => value !== undefined)
    return set ?? { setting: settingName(key), value: undefined }
  }
  const region = setting('region', 'AWS_REGION', 'AWS_DEFAULT_REGION')
  const endpoint = setting('endpoint', 'AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL')
  const flag = (key: 'path_style' | 'allow_plain_http'): boolean =>
    readFlag({ setting: settingName(key), value: map[key] }, problems)
  const address: S3AddressOptions = {
    ...{ bucket, prefix, region: region.value, endpoint: endpoint.value },
    pathStyle: map.path_style === undefined ? undefined : flag('path_style'),
    allowPlainHttp: flag('allow_plain_http'),
  }
  const wrong = s3AddressProblem(address, 'allow_plain_http in a file for --config')
  const location = settingName('location')
  const places = { bucket: location, prefix: location, region: region.setting, endpoint: endpoint.setting }
  if (wrong) problems.push({ setting: places[wrong.option], message: `The ${wrong.option} ${wrong.message}` })
  const objects = await objectOptions(map, settingName, problems)
  const unset = { setting: '', value: undefined }
  const credentials = await writtenCertificates(
    { caFile: caFile(map, settingName, origin, env), certFile: unset, keyFile: unset },
    problems,
  )
  const access = (http: HttpClientOptions): S3AccessFromEnv =>
    s3AccessFromEnv(env, { region: address.region ?? 'us-east-1', http })
  const found = access({})
  if (found.problems) problems.push(...found.problems)
  if (problems.length > before || found.problems) return undefined
  return {
    address,
    objects,
    credentials,
    accessFrom: found.from,
    access: (http) => access(http).access ?? found.access,
  }
}

/** The settings about each object, and what is wrong with them. */
async function objectOptions(
  { kms_key: kmsKey, storage_class: storageClass, tags, lock_mode: mode, lock_days: days }: ArchiveMap,
  settingName: (key: string) => string,
  problems: Problem[],
): Promise<S3ObjectOptions> {
  const { s3ObjectProblem } = await import('@asana-audit/archive')
  if ((mode === undefined) !== (days === undefined)) {
    const missing = mode === undefined ? 'lock_mode' : 'lock_days'
    problems.push({ setting: settingName(missing), message: `It is missing. ${goodMapValues[missing]}` })
  }
  const lock =
    mode === undefined || days === undefined
      ? undefined
      : { mode: mode.toUpperCase() as NonNullable<S3ObjectOptions['lock']>['mode'], days }
  const options = { kmsKey, storageClass: storageClass?.toUpperCase(), tags, lock }
  const wrong = s3ObjectProblem(options)
  const keys = { kmsKey: 'kms_key', storageClass: 'storage_class', tags: 'tags', lock: 'lock_mode' }
  if (wrong) problems.push({ setting: settingName(keys[wrong.option]), message: `It ${wrong.message}` })
  return options
}

function caFile(
  { ca_file: written }: ArchiveMap,
  settingName: (key: string) => string,
  origin: Origin,
  env: NodeJS.ProcessEnv,
): WrittenPath {
  if (written === undefined) return pathVariable(env, 'AWS_CA_BUNDLE', inHome)
  return { setting: settingName('ca_file'), value: written, path: origin.file(written) }
}
