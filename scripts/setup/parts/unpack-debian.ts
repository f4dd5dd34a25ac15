import { execFile } from 'node:child_process'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Unpacks packages of Debian into a folder. Nothing is installed, so it needs no root. */
export async function unpackDebian(packages: readonly string[], folder: string): Promise<void> {
  const debs = join(folder, 'debs')
  await mkdir(debs)
  await execute('apt-get', ['download', ...packages], { cwd: debs })
  for (const deb of await readdir(debs)) await execute('dpkg-deb', ['-x', join(debs, deb), folder])
  await rm(debs, { recursive: true })
}
