import { Option } from './command.ts'

// What is added to events. All but the provenance is the same for what is delivered and for what is converted.

export const parseUserAgent = new Option(
  '--parse-user-agent',
  'add what the user agent says: client and operating system',
)
export const geoFile = new Option(
  '--geo-file <path>',
  'add the place of the client, from a City or Country database (.mmdb)',
)
export const asnFile = new Option(
  '--asn-file <path>',
  'add the network of the client, from an ASN or ISP database (.mmdb)',
)

export const provenance = new Option(
  '--provenance',
  'add where each event came from: source, pipeline, run, time of its page, first time or again',
)

export interface ContextFlags {
  readonly parseUserAgent?: true | undefined
  readonly geoFile?: string | undefined
  readonly asnFile?: string | undefined
  readonly provenance?: true | undefined
}

interface ContextSetting {
  readonly user_agent?: true
  readonly geo_file?: string
  readonly asn_file?: string
  readonly provenance?: true
}

/** The flags as `context:` of a pipeline. Undefined without any. */
export function contextIn({
  parseUserAgent: user_agent,
  geoFile: geo_file,
  asnFile: asn_file,
  provenance,
}: ContextFlags): ContextSetting | undefined {
  const setting: ContextSetting = {
    ...(user_agent && { user_agent }),
    ...(geo_file !== undefined && { geo_file }),
    ...(asn_file !== undefined && { asn_file }),
    ...(provenance && { provenance }),
  }
  return Object.keys(setting).length > 0 ? setting : undefined
}

/** The flag of a setting within `context:`. */
export function contextFlag(path: string): string {
  return path === 'context.user_agent'
    ? '--parse-user-agent'
    : `--${path.replace('context.', '').replace('_', '-')}`
}
