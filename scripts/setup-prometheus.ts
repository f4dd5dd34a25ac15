/**
 * Unpacks Prometheus and Alertmanager from Debian's packages once, for the tests of metrics and alarms. Nothing is installed, so it needs no
 * root. Run `pnpm setup:prometheus`. Without Debian, set PROMETHEUS_TOOLS to a folder with `promtool`, `prometheus`, `amtool` and
 * `prometheus-alertmanager`.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { alertmanager, debianPackages, unpackedPrometheus } from './prometheus/location.ts'

const run = promisify(execFile)

async function unpack(folder: string): Promise<void> {
  const building = `${folder}-building-${process.pid}`
  const debs = join(building, 'debs')
  try {
    await mkdir(debs, { recursive: true })
    await run('apt-get', ['download', ...debianPackages], { cwd: debs })
    for (const deb of await readdir(debs)) await run('dpkg-deb', ['-x', join(debs, deb), building])
    await rm(debs, { recursive: true })
    // As on an installed Debian, whose C library is below /usr since version 13.
    for (const name of ['lib', 'lib64']) {
      const path = join(building, name)
      if (!existsSync(path)) await symlink(`usr/${name}`, path)
    }
    await mkdir(join(building, 'tmp'))
    await mkdir(dirname(folder), { recursive: true })
    await rename(building, folder)
  } finally {
    await rm(building, { recursive: true, force: true })
  }
}

try {
  const folder = unpackedPrometheus(process.env)
  if (!existsSync(folder)) await unpack(folder)
  process.stdout.write(`Prometheus and Alertmanager: ${folder}\n`)
  if (!alertmanager(process.env))
    process.stdout.write(
      'Alertmanager does not start here: it needs root, or user namespaces. Its test is skipped.\n',
    )
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
