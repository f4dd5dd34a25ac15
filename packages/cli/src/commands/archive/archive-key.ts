import { archiveKeyProblem } from '@asana-audit/archive'
import { readSmallFile } from '@asana-audit/core/config'
import { codeOf, pathStep } from '@asana-audit/core/sink-kit'
import { inHome } from '../../config/origin.ts'
import type { Problem } from '../../terminal/problem.ts'

/** The end of the help of commands that take a location. */
export const bucketVariables =
  '\nFor a bucket the usual variables are read: AWS_REGION, AWS_ENDPOINT_URL_S3,\nAWS_ACCESS_KEY_ID and so on.'

const maxKeyBytes = 65_536

/** A new key would not fit the archive. */
const whereFrom = {
  public: 'Copy it here from whoever signs the archive: openssl pkey -in archive-key.pem -pubout prints it.',
  private: 'Name the file of the key that run signs with: signing_key_file in YAML.',
} as const

/** The text of a key in a file. Adds a problem and returns undefined if it cannot be used. */
export function archiveKey(
  path: string,
  kind: 'private' | 'public',
  setting: string,
  problems: Problem[],
): string | undefined {
  try {
    const text = readSmallFile(inHome(path), maxKeyBytes)
    const problem = archiveKeyProblem(text, kind)
    if (problem === undefined) return text
    problems.push({ setting, message: `${path}: ${problem}` })
    return undefined
  } catch (error) {
    const isMissing = codeOf(error) === 'ENOENT'
    const message = `The file ${path} cannot be read (${codeOf(error)}). ${isMissing ? whereFrom[kind] : pathStep(error)}`
    problems.push({ setting, message })
    return undefined
  }
}
