import { access } from 'node:fs/promises'
import { format, parse } from 'node:path'
import { codeOf } from '@asana-audit/core/sink-kit'

/**
 * The name a full file gets: `audit.jsonl` becomes `audit-2026-11-22T03-04-05.678.jsonl` (UTC), the form of the
 * collector's own file exporter, so that `audit*.jsonl` lists all of them in order. Never the name of an existing
 * file: renaming would replace that file.
 */
export async function rotatedPath(path: string, now: number): Promise<string> {
  const { dir, name, ext } = parse(path)
  for (let ms = now; ; ms++) {
    const time = new Date(ms).toISOString().slice(0, -1).replaceAll(':', '-')
    const candidate = format({ dir, name: `${name}-${time}`, ext })
    if (!(await exists(candidate))) return candidate
  }
}

/** Whether `file`, in the folder of `path`, has a name that `rotatedPath` gives. */
export function isRotated(path: string, file: string): boolean {
  const { name, ext } = parse(path)
  if (!file.startsWith(`${name}-`) || !file.endsWith(ext)) return false
  const time = file.slice(name.length + 1, file.length - ext.length)
  return /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}$/.test(time)
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}
