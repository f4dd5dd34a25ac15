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
      return 'This user has no permission. Give the user the permission, or use another path.'
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

/** What to do about a file that cannot be read: the permission, if that is missing; otherwise `good`, a sentence that says what to give. */
export function readStep(error: unknown, good: string): string {
  const isDenied = ['EACCES', 'EPERM'].includes(codeOf(error))
  return isDenied ? 'This user has no permission to read it. Give the user the permission.' : good
}

/** The code of an error of the operating system, as messages have it in brackets. */
export function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown }
  return typeof code === 'string' ? code : 'no code'
}
