import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CommandLine } from './program.ts'

/** A control group of Linux with a limit of memory, as a container has. The kernel kills what needs more. */
export interface MemoryLimit {
  /** The same program, started within the limit. */
  wrap(line: CommandLine): CommandLine
  /** Call it when the program has ended. */
  remove(): void
}

const root = '/sys/fs/cgroup'
/** Version 1 has a tree for each resource, version 2 one tree for all. */
const versions = [
  { parent: join(root, 'memory'), file: 'memory.limit_in_bytes' },
  { parent: root, file: 'memory.max' },
]

/** Throws a sentence where this user may not make such a group. */
export function memoryLimit(megabytes: number): MemoryLimit {
  const version = versions.find(({ parent }) => existsSync(join(parent, 'cgroup.procs')))
  if (version === undefined) throw new Error('Needs control groups of Linux.')
  const group = join(version.parent, `asana-audit-bench-${process.pid}`)
  try {
    mkdirSync(group)
    writeFileSync(join(group, version.file), String(megabytes * 2 ** 20))
  } catch {
    throw new Error('Needs a user who may set limits of memory (control groups), such as root.')
  }
  const enter = `echo $$ > ${group}/cgroup.procs && exec "$0" "$@"`
  return {
    wrap: ({ file, args }) => ({ file: '/bin/sh', args: ['-c', enter, file, ...args] }),
    remove: () => rmdirSync(group),
  }
}
