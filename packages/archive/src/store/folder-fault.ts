import { type Fault, fault } from '@asana-audit/core'
import { codeOf, pathStep } from '@asana-audit/core/sink-kit'

const codes: Readonly<Record<string, string>> = {
  ENOENT: 'no_directory',
  ENOTDIR: 'no_directory',
  EACCES: 'no_permission',
  EPERM: 'no_permission',
  EROFS: 'no_permission',
  EISDIR: 'is_a_directory',
}
const full = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
const withoutLinks = new Set(['ENOTSUP', 'ENOSYS', 'EMLINK', 'EXDEV'])

/** The fault for an error of the operating system in the folder of an archive. A full disk is temporary. */
export function folderFault(path: string, error: unknown): Fault {
  const cause = codeOf(error)
  if (full.has(cause)) {
    const message = `The disk is full, so ${path} cannot be written (${cause}). Free some space; writing then continues by itself.`
    return fault({ fault: 'temporary', code: 'no_space', message, cause })
  }
  if (withoutLinks.has(cause)) {
    const message = `The file system of ${path} cannot link files (${cause}), and without that a file cannot be created whole. Choose a folder on another one.`
    return fault({ fault: 'fatal', code: 'no_links', message, cause })
  }
  const code = codes[cause]
  const message = `${path} cannot be used (${cause}). ${pathStep(error)}`
  return code === undefined
    ? fault({ fault: 'temporary', code: 'file_error', message, cause })
    : fault({ fault: 'fatal', code, message, cause })
}
