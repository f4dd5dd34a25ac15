import type { WrittenPath, WrittenSetting } from '@asana-audit/core/config'
import { type OtlpSettings, otlpSettingsFromEnv } from '@asana-audit/otlp/settings'
import { type HecSettings, hecSettingsFromEnv } from '@asana-audit/splunk-hec/settings'
import { inHome, type Origin } from '../origin.ts'
import type { DestinationMap } from './destination-map.ts'

type MapOf<Kind extends DestinationMap['kind']> = Extract<DestinationMap, { kind: Kind }>['map']

/**
 * What an `otlp:` map says, and where it says nothing, the environment. `place` is what a key is called in the file. Headers hold
 * credentials: those of the environment are for the endpoint there, so a map with its own endpoint or headers gets none of them.
 */
export function otlpSettings(
  map: MapOf<'otlp'>,
  place: (key: string) => string,
  origin: Origin,
  env: NodeJS.ProcessEnv,
): OtlpSettings {
  const inEnv = otlpSettingsFromEnv(env, inHome)
  const { setting, file } = overEnvironment(map, place, origin)
  const ownHeaders = map.endpoint !== undefined || map.headers !== undefined
  return {
    endpoint: setting('endpoint', inEnv.endpoint),
    baseEndpoint: inEnv.baseEndpoint,
    headers: ownHeaders ? { setting: place('headers'), value: map.headers } : inEnv.headers,
    baseHeaders: ownHeaders ? { ...inEnv.baseHeaders, value: undefined } : inEnv.baseHeaders,
    protocol: setting('protocol', inEnv.protocol),
    compression: setting('compression', inEnv.compression),
    timeout: setting('timeout', inEnv.timeout),
    caFile: file('ca_file', inEnv.caFile),
    certFile: file('cert_file', inEnv.certFile),
    keyFile: file('key_file', inEnv.keyFile),
  }
}

/** What a `splunk_hec:` map says, and where it says nothing, the environment. A token file of the map goes before a token there. */
export function hecSettings(
  map: MapOf<'splunk_hec'>,
  place: (key: string) => string,
  origin: Origin,
  env: NodeJS.ProcessEnv,
): HecSettings {
  const inEnv = hecSettingsFromEnv(env, inHome)
  const { setting, file } = overEnvironment(map, place, origin)
  return {
    url: setting('url', inEnv.url),
    token: map.token_file === undefined ? inEnv.token : { ...inEnv.token, value: undefined },
    tokenFile: file('token_file', inEnv.tokenFile),
    index: setting('index', inEnv.index),
    sourcetype: setting('sourcetype', inEnv.sourcetype),
    source: setting('source', inEnv.source),
    host: setting('host', inEnv.host),
    caFile: file('ca_file', inEnv.caFile),
    insecure: setting('insecure', inEnv.insecure),
    allowPlainHttp: setting('allow_plain_http', inEnv.allowPlainHttp),
    ack: setting('ack', inEnv.ack),
  }
}

/** The settings of a map: each goes before that of the environment, and one that neither has is missed in the map. */
function overEnvironment<Values extends object>(
  map: Values,
  place: (key: string) => string,
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
        : { setting: place(key), value: map[key] ?? undefined },
    file(key, inEnv) {
      const written = map[key] as string | undefined
      if (written === undefined && inEnv.value !== undefined) return inEnv
      return {
        setting: place(key),
        value: written,
        ...(written !== undefined && { path: origin.file(written) }),
      }
    },
  }
}
