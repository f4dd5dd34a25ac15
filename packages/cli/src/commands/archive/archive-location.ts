import { statSync } from 'node:fs'
import { archiveKeyProblem, type ObjectStore } from '@asana-audit/archive'
import { readSmallFile } from '@asana-audit/core/config'
import { codeOf, pathStep } from '@asana-audit/core/sink-kit'
import { commonSettings } from '../../config/common-settings.ts'
import { isS3, s3Location } from '../../config/destination/s3-location.ts'
import { commandLine, inHome } from '../../config/origin.ts'
import { archiveStore } from '../../pipelines/destination/archive-store.ts'
import type { Problem } from '../../terminal/problem.ts'

/** The end of the help of commands that take a location. */
export const bucketVariables =
  '\nFor a bucket the usual variables are read: AWS_REGION, AWS_ENDPOINT_URL_S3,\nAWS_ACCESS_KEY_ID and so on.\n'

/** The archive that the command line names. Adds a problem and returns undefined if there is nothing to read. */
export async function archiveAt(location: string, problems: Problem[]): Promise<ObjectStore | undefined> {
  const written = location.replace(/^archive:/, '')
  const place = isS3(written) ? written : inHome(written)
  const { proxies } = await commonSettings(process.env, problems)
  const origin = commandLine((path) => path)
  const s3 = isS3(written)
    ? await s3Location({ location: place }, () => 'location', origin, process.env, problems)
    : undefined
  const unusable = isS3(written) ? undefined : folderProblem(place)
  if (unusable !== undefined) problems.push({ setting: 'location', message: unusable })
  return problems.length > 0 ? undefined : archiveStore({ location: place, s3 }, proxies)
}

function folderProblem(path: string): string | undefined {
  try {
    if (statSync(path).isDirectory()) return undefined
    return `${path} is a file. Give the folder of the archive: the one that holds _manifest.`
  } catch (error) {
    return `${path} cannot be read (${codeOf(error)}). Give the folder of the archive: the one that holds _manifest.`
  }
}

const maxKeyBytes = 65_536

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
    const message = `The file ${path} cannot be read (${codeOf(error)}). ${pathStep(error)}`
    problems.push({ setting, message })
    return undefined
  }
}
