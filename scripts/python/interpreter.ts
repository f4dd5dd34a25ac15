import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** Versions known to work come first, because some tools do not support the newest Python yet. */
const pythons = ['python3.11', 'python3.12', 'python3.13', 'python3.10', 'python3', 'python']
const oldestPython = '3.10'

/** The output of the program. Rejects with its error output. */
export async function outputOf(program: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 1 << 26 })
  return stdout.trim()
}

/** The first Python that is new enough and can make a virtual environment. Rejects with what to do if there is none. */
export async function findPython(otherwise: string): Promise<string> {
  const found: string[] = []
  for (const python of pythons) {
    const probe = 'import sys, venv, ensurepip; print("%d.%d.%d" % sys.version_info[:3])'
    const version = await outputOf(python, '-c', probe).catch(() => undefined)
    if (!version) continue
    if (version.localeCompare(oldestPython, 'en', { numeric: true }) >= 0) return python
    found.push(version)
  }
  const seen = found.length > 0 ? `Here is only ${found.join(', ')}.` : 'None is here.'
  throw new Error(
    `The tools need Python ${oldestPython} or later with venv (on Debian: python3 and python3-venv). ${seen} Install it${otherwise}.`,
  )
}
