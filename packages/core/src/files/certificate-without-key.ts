import type { SettingProblem } from '../options/setting-problem.ts'
import type { WrittenPath } from '../options/written-setting.ts'

/** The problem of a client certificate without its key, or of a key without its certificate. */
export function certificateWithoutKey(cert: WrittenPath, key: WrittenPath): SettingProblem[] {
  const [given, missing] = cert.value ? [cert, key] : [key, cert]
  if (!given.value || missing.value) return []
  const message = `A client certificate and its key belong together: set ${missing.setting} too, to the path of a PEM file.`
  return [{ setting: given.setting, message }]
}
