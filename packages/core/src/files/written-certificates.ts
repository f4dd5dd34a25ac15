import type { CredentialsReader } from '../http/http-client-options.ts'
import type { SettingProblem } from '../options/setting-problem.ts'
import { namedPath, type WrittenPath } from '../options/written-setting.ts'
import { certificateWithoutKey } from './certificate-without-key.ts'
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
