import type { NamedPath } from '@asana-audit/core/config'
import { inHome, type Origin } from '../origin.ts'

/** The files that settings name. Every setting of a file ends so, whether it is at the top or in a map. */
export function filesNamedIn(written: unknown, origin: Origin, at = ''): NamedPath[] {
  if (typeof written === 'string') {
    const isFile = /(?:_file|detect\.rules(?:\[\d+\])?)$/.test(at)
    return isFile ? [{ setting: origin.settingName(at), path: origin.file(written) }] : []
  }
  if (Array.isArray(written))
    return written.flatMap((one: unknown, index) => filesNamedIn(one, origin, `${at}[${index}]`))
  if (typeof written !== 'object' || written === null) return []
  return Object.entries(written).flatMap(([key, value]) =>
    filesNamedIn(value, origin, at === '' ? key : `${at}.${key}`),
  )
}

/** The files that variables name, of those whose names are given. */
export function filesNamedInEnv(env: NodeJS.ProcessEnv, names: ReadonlySet<string>): NamedPath[] {
  return [...names].flatMap((setting) => {
    const written = env[setting]?.trim()
    return written && /(?:FILE|CERTIFICATE|CLIENT_KEY)$/.test(setting)
      ? [{ setting, path: inHome(written) }]
      : []
  })
}
