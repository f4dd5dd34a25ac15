/** What a person should do about a path that the operating system refuses, as a sentence. */
export function pathStep(error: unknown): string {
  switch (codeOf(error)) {
    case 'ENOENT':
      return 'Create it, or use another path.'
    case 'ENOTDIR':
      return 'A part of this path is a file. Use another path.'
    case 'EISDIR':
      return 'It is a folder. Give the path of a file.'
    case 'EACCES':
    case 'EPERM':
      return 'It exists, but this user has no permission. Give the user the permission, or use another path.'
    case 'EROFS':
      return 'Its file system is read-only. Use another path.'
    case 'ENOSPC':
    case 'EDQUOT':
      return 'No space is left there. Free some, or use another path.'
    case 'EMFILE':
    case 'ENFILE':
      return 'Too many files are open. Close some programs, or raise the limit (ulimit -n).'
    default:
      return 'Use another path.'
  }
}

/** The code of an error of the operating system, as messages have it in brackets. */
export function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown }
  return typeof code === 'string' ? code : 'no code'
}
