import { type Fault, fault } from '@asana-audit/core'
import { codeOf } from '@asana-audit/core/sink-kit'

/**
 * The fault for an operating system error on open, write or sync. A full disk is temporary; a missing directory is
 * not.
 */
export function fileFault(path: string, error: unknown): Fault {
  const code = codeOf(error)
  const fatal = (name: string, message: string): Fault =>
    fault({ fault: 'fatal', code: name, message, cause: code })
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return fatal(
        'no_directory',
        `The directory of ${path} does not exist. Create it, or choose another path.`,
      )
    case 'ELOOP':
      return fatal(
        'bad_path',
        `${path} leads through links in a circle. Repair the link, or choose another path.`,
      )
    case 'ENAMETOOLONG':
      return fatal('bad_path', `${path} is too long a path for this system. Choose a shorter one.`)
    case 'EISDIR':
      return fatal('is_a_directory', `${path} is a directory. Choose the path of a file.`)
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return fatal(
        'no_permission',
        `${path} cannot be written (${code}). Change its owner or mode, or choose another path.`,
      )
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG': {
      const message = `There is no room for ${path} (${code}). Writing continues when there is.`
      return fault({ fault: 'temporary', code: 'no_space', message, cause: code })
    }
  }
  const message = `${path} could not be written (${code}).`
  return fault({ fault: 'temporary', code: 'file_error', message, cause: code })
}
