import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'

const ownSpace = ['--user', '--map-root-user', '--mount']

/** Linux lets most users mount a file system of their own, for their own processes; where it does not, tests of a full disk are skipped. */
export const noSmallDisk: boolean =
  spawnSync('unshare', [...ownSpace, 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status !== 0 ||
  spawnSync('nsenter', ['--version']).status !== 0

/** A real file system of a few megabytes, which only processes inside see. */
export interface SmallDisk {
  /** Where it is mounted. */
  readonly path: string
  /** Put before a program and its arguments, it runs them inside. */
  readonly inside: readonly [string, ...string[]]
  /** Takes all room but so many bytes. */
  fill(left?: number): void
  /** Gives that room back. */
  free(): void
  /** What Linux does after an error of the disk. */
  makeReadOnly(): void
}

/** For one test. */
export async function smallDisk(bytes = 8 * 2 ** 20): Promise<SmallDisk> {
  const path = mkdtempSync(join(tmpdir(), 'asana-audit-disk-'))
  const mount = 'mount -t tmpfs -o "size=$1" tmpfs "$0" && echo ready && exec cat'
  const holder = spawn('unshare', [...ownSpace, 'sh', '-c', mount, path, String(bytes)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => {
    holder.stdin.end()
    rmSync(path, { recursive: true })
  })
  for await (const line of createInterface(holder.stdout)) if (line === 'ready') break
  const inside = [
    'nsenter',
    '--target',
    String(holder.pid),
    '--user',
    '--preserve-credentials',
    '--mount',
  ] as const
  const shell = (script: string): string => {
    const [program, ...args] = inside
    return execFileSync(program, [...args, 'sh', '-euc', script, path], { encoding: 'utf8' })
  }
  return {
    ...{ path, inside },
    fill(left = 0) {
      const free = Number(shell('df --output=avail -B1 "$0" | tail -1'))
      shell(`head -c ${free - left} /dev/zero > "$0/ballast"`)
    },
    free: () => void shell('rm "$0/ballast"'),
    makeReadOnly: () => void shell('mount -o remount,ro "$0"'),
  }
}
