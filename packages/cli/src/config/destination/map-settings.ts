import type { WrittenPath, WrittenSecret, WrittenSetting } from '@asana-audit/core/config'
import type { OtlpSettings } from '@asana-audit/otlp/settings'
import type { PantherSettings } from '@asana-audit/panther-http/settings'
import type { HecSettings } from '@asana-audit/splunk-hec/settings'
import type { Problem } from '../../terminal/problem.ts'
import type { Origin } from '../origin.ts'
import { writtenSecret } from '../secrets/written-secret.ts'
import type { DestinationMap } from './destination-map.ts'

type MapOf<Kind extends DestinationMap['kind']> = Extract<DestinationMap, { kind: Kind }>['map']

/**
 * The settings of an `otlp:` map, with missing ones from the environment. `settingName` gives the name of a key in messages. Headers
 * hold credentials: those of the environment belong to the endpoint there, so a map with its own endpoint or headers gets none of them.
 */
export function otlpSettings(
  map: MapOf<'otlp'>,
  settingName: (key: string) => string,
  origin: Origin,
  inEnv: OtlpSettings,
  env: NodeJS.ProcessEnv,
  problems: Problem[],
): OtlpSettings {
  const { setting, file } = overEnvironment(map, settingName, origin)
  const secret = writtenSecret(map, 'headers', settingName, origin, env, problems)
  const second = writtenSecret(map, 'second_headers', settingName, origin, env, problems)
  const ownHeaders = [map.endpoint, map.headers, secret].some((one) => one !== undefined)
  return {
    endpoint: setting('endpoint', inEnv.endpoint),
    insecure: setting('insecure', inEnv.insecure),
    baseEndpoint: inEnv.baseEndpoint,
    headers: ownHeaders ? { setting: settingName('headers'), value: map.headers } : inEnv.headers,
    baseHeaders: ownHeaders ? { ...inEnv.baseHeaders, value: undefined } : inEnv.baseHeaders,
    secretHeaders: secret ?? (ownHeaders ? nothing : inEnv.secretHeaders),
    secondHeaders: second ?? (ownHeaders ? nothing : inEnv.secondHeaders),
    protocol: setting('protocol', inEnv.protocol),
    compression: setting('compression', inEnv.compression),
    timeout: setting('timeout', inEnv.timeout),
    caFile: file('ca_file', inEnv.caFile),
    certFile: file('cert_file', inEnv.certFile),
    keyFile: file('key_file', inEnv.keyFile),
  }
}

/** The settings of a `splunk_hec:` map, with missing ones from the environment. A token of the map overrides both tokens there. */
export function hecSettings(
  map: MapOf<'splunk_hec'>,
  settingName: (key: string) => string,
  origin: Origin,
  inEnv: HecSettings,
  env: NodeJS.ProcessEnv,
  problems: Problem[],
): HecSettings {
  const { setting, file } = overEnvironment(map, settingName, origin)
  const own = writtenSecret(map, 'token', settingName, origin, env, problems)
  const ownSecond = writtenSecret(map, 'second_token', settingName, origin, env, problems)
  return {
    url: setting('url', inEnv.url),
    token: own ?? missingIn(inEnv.token, settingName('token_file')),
    secondToken: ownSecond ?? (own ? nothing : inEnv.secondToken),
    index: setting('index', inEnv.index),
    sourcetype: setting('sourcetype', inEnv.sourcetype),
    source: setting('source', inEnv.source),
    host: setting('host', inEnv.host),
    compression: setting('compression', inEnv.compression),
    caFile: file('ca_file', inEnv.caFile),
    certFile: file('cert_file', inEnv.certFile),
    keyFile: file('key_file', inEnv.keyFile),
    insecure: setting('insecure', inEnv.insecure),
    allowPlainHttp: setting('allow_plain_http', inEnv.allowPlainHttp),
    ack: setting('ack', inEnv.ack),
  }
}

/** The settings of a `panther_http:` map, with missing ones from the environment. A secret of the map overrides both secrets there. */
export function pantherSettings(
  map: MapOf<'panther_http'>,
  settingName: (key: string) => string,
  origin: Origin,
  inEnv: PantherSettings,
  env: NodeJS.ProcessEnv,
  problems: Problem[],
): PantherSettings {
  const { setting, file } = overEnvironment(map, settingName, origin)
  const own = writtenSecret(map, 'secret', settingName, origin, env, problems)
  const ownSecond = writtenSecret(map, 'second_secret', settingName, origin, env, problems)
  return {
    url: setting('url', inEnv.url),
    secret: own ?? missingIn(inEnv.secret, settingName('secret_file')),
    secondSecret: ownSecond ?? (own ? nothing : inEnv.secondSecret),
    auth: setting('auth', inEnv.auth),
    header: setting('header', inEnv.header),
    username: setting('username', inEnv.username),
    hmacAlgorithm: setting('hmac_algorithm', inEnv.hmacAlgorithm),
    hmacEncoding: setting('hmac_encoding', inEnv.hmacEncoding),
    compression: setting('compression', inEnv.compression),
    caFile: file('ca_file', inEnv.caFile),
    certFile: file('cert_file', inEnv.certFile),
    keyFile: file('key_file', inEnv.keyFile),
    insecure: setting('insecure', inEnv.insecure),
    allowPlainHttp: setting('allow_plain_http', inEnv.allowPlainHttp),
  }
}

const unset = { setting: '', value: undefined }
const nothing: WrittenSecret = { text: unset, file: unset, command: unset }

/** A secret that is set nowhere is reported as missing in the map, with the variable that may hold it instead. */
function missingIn(inEnv: WrittenSecret, setting: string): WrittenSecret {
  if ([inEnv.text, inEnv.file, inEnv.command].some(({ value }) => value !== undefined)) return inEnv
  return { ...inEnv, text: { setting, value: undefined } }
}

/** The settings of a map override those of the environment. A setting that is in neither is reported as missing in the map. */
function overEnvironment<Values extends object>(
  map: Values,
  settingName: (key: string) => string,
  origin: Origin,
): {
  setting<Key extends keyof Values & string, InEnv>(
    key: Key,
    inEnv: WrittenSetting<InEnv>,
  ): WrittenSetting<InEnv | NonNullable<Values[Key]>>
  file(
    key: { [Key in keyof Values]: Values[Key] extends string | undefined ? Key : never }[keyof Values] &
      string,
    inEnv: WrittenPath,
  ): WrittenPath
} {
  return {
    setting: (key, inEnv) =>
      map[key] === undefined && inEnv.value !== undefined
        ? inEnv
        : { setting: settingName(key), value: map[key] ?? undefined },
    file(key, inEnv) {
      const written = map[key] as string | undefined
      if (written === undefined && inEnv.value !== undefined) return inEnv
      return {
        setting: settingName(key),
        value: written,
        ...(written !== undefined && { path: origin.file(written) }),
      }
    },
  }
}
