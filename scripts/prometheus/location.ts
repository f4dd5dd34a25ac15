import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cachedPath } from '../setup/parts/cached-path.ts'

/** The packages of Debian that `pnpm setup:prometheus` unpacks. With the C library, their folder can be the root of a process. */
export const debianPackages: readonly string[] = ['prometheus', 'prometheus-alertmanager', 'libc6']

/** Where it unpacks them. Other packages have another path. */
export function unpackedPrometheus(env: NodeJS.ProcessEnv): string {
  return cachedPath('prometheus', debianPackages.join(' '), env)
}

/** A program: of the folder `PROMETHEUS_TOOLS`, or one that was unpacked. Undefined if there is none. */
export function prometheusTool(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const folder = env['PROMETHEUS_TOOLS'] || join(unpackedPrometheus(env), 'usr/bin')
  const path = join(folder, name)
  return existsSync(path) ? path : undefined
}

export interface Alertmanager {
  /** The words that start it. Paths in its arguments count from `root`. */
  readonly command: readonly [string, ...string[]]
  readonly root: string
}

/**
 * Debian's Alertmanager reads its templates at a path below `/usr/share`, so one that was unpacked gets its folder as its root: by `chroot`,
 * or in a user namespace. Undefined if it is not there, or neither can be had.
 */
export function alertmanager(env: NodeJS.ProcessEnv): Alertmanager | undefined {
  const path = prometheusTool('prometheus-alertmanager', env)
  if (!path) return undefined
  if (env['PROMETHEUS_TOOLS']) return { command: [path], root: '/' }
  const root = unpackedPrometheus(env)
  const inRoot = ['chroot', 'unshare --map-root-user --root'].map((how) => [...how.split(' '), root])
  for (const [program = '', ...words] of inRoot) {
    const args = [...words, '/usr/bin/prometheus-alertmanager']
    if (spawnSync(program, [...args, '--version']).status === 0) return { command: [program, ...args], root }
  }
  return undefined
}
