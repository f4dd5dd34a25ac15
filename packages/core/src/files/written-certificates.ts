import type { CredentialsReader } from '../http/http-client-options.ts'
import type { SettingProblem } from '../options/setting-problem.ts'
import { namedPath, type WrittenPath } from '../options/written-setting.ts'
import { readCertificates } from './read-certificates.ts'

/** The settings of a destination that name PEM files. */
export interface WrittenCertificates {
  readonly caFile: WrittenPath
  /** The client certificate, for a server that asks for one, and its key. */
  readonly certFile: WrittenPath
  readonly keyFile: WrittenPath
}

/** Reads the files with `readCertificates`. What is wrong with them is added to the problems. Undefined if no file is named. */
export async function writtenCertificates(
  { caFile, certFile, keyFile }: WrittenCertificates,
  problems: SettingProblem[],
): Promise<CredentialsReader | undefined> {
  problems.push(...certificateWithoutKey(certFile, keyFile))
  const [ca, cert, key] = [namedPath(caFile), namedPath(certFile), namedPath(keyFile)]
  const files = await readCertificates({ ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) })
  problems.push(...(files.problems ?? []))
  return files.certificates?.credentials
}

/** The problem of a client certificate without its key, or of a key without its certificate. */
function certificateWithoutKey(cert: WrittenPath, key: WrittenPath): SettingProblem[] {
  const [given, missing] = cert.value ? [cert, key] : [key, cert]
  if (!given.value || missing.value) return []
  const message = `A client certificate and its key belong together: set ${missing.setting} too, to the path of a PEM file.`
  return [{ setting: given.setting, message }]
}
