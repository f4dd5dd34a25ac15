import { readlinkSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'

/** Whether two paths lead to the same file or folder, by links or because it has two names. The paths need not exist. */
export function isSameFile(one: string, other: string): boolean {
  if (realPathOf(one) === realPathOf(other)) return true
  const identity = identityOf(one)
  return identity !== undefined && identity === identityOf(other)
}

/** As many links as Linux follows. */
const mostLinks = 40

/** Whether a path leads to something below a folder. Neither must exist. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(realPathOf(folder), realPathOf(path))
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

/** The real path. For a file that does not exist yet: the real path of its folder, with its name, or with the name a link to it has. */
export function realPathOf(path: string, links = mostLinks): string {
  const { native } = realpathSync
  const real = orUndefined(() => native(path))
  if (real !== undefined) return real
  const target = links > 0 ? orUndefined(() => readlinkSync(path)) : undefined
  if (target !== undefined) return realPathOf(resolve(dirname(path), target), links - 1)
  const whole = resolve(path)
  const folder = dirname(whole)
  // A folder may not exist yet, either.
  return folder === whole ? whole : join(realPathOf(folder, links), basename(whole))
}

function identityOf(path: string): string | undefined {
  return orUndefined(() => {
    const { dev, ino } = statSync(path, { bigint: true })
    return `${dev}:${ino}`
  })
}

/** Whoever opens the file will say what is wrong with its path. */
function orUndefined<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch {
    return undefined
  }
}
