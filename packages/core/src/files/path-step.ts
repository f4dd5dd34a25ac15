/** What a person should do about a path that the operating system refuses, as a sentence. */
export function pathStep(error: unknown): string {
  switch (codeOf(error)) {
    case 'ENOENT':
      return 'Make it, or name another.'
    case 'ENOTDIR':
      return 'A part of this path is a file. Name another.'
    case 'EISDIR':
      return 'It is a folder. Name a file.'
    case 'EACCES':
    case 'EPERM':
      return 'It is there, and this user may not. Give the user the right to, or name another.'
    case 'EROFS':
      return 'Its file system is read-only. Name another.'
    case 'ENOSPC':
    case 'EDQUOT':
      return 'No space is left there. Free some, or name another.'
    case 'EMFILE':
    case 'ENFILE':
      return 'Too many files are open. Close some, or raise the limit (ulimit -n).'
    default:
      return 'Name another.'
  }
}

/** The code of an error of the operating system, for the brackets of a message. */
export function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown }
  return typeof code === 'string' ? code : 'no code'
}
