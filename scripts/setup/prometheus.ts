/**
 * Unpacks Prometheus and Alertmanager from Debian's packages once, for the tests of metrics and alarms. Run `pnpm setup:prometheus`. Without
 * Debian, set PROMETHEUS_TOOLS to a folder with `promtool`, `prometheus`, `amtool` and `prometheus-alertmanager`.
 */
import { existsSync } from 'node:fs'
import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { alertmanager, debianPackages, unpackedPrometheus } from '../prometheus/location.ts'
import { makeFolder } from './parts/make-folder.ts'
import { unpackDebian } from './parts/unpack-debian.ts'

async function unpack(folder: string): Promise<void> {
  await unpackDebian(debianPackages, folder)
  // As on an installed Debian, whose C library is below /usr since version 13.
  for (const name of ['lib', 'lib64']) {
    const path = join(folder, name)
    if (!existsSync(path)) await symlink(`usr/${name}`, path)
  }
  await mkdir(join(folder, 'tmp'))
}

try {
  const folder = unpackedPrometheus(process.env)
  await makeFolder(folder, unpack)
  process.stdout.write(`Prometheus and Alertmanager: ${folder}\n`)
  if (!alertmanager(process.env))
    process.stdout.write(
      'Alertmanager does not start here: it needs root, or user namespaces. Its test is skipped.\n',
    )
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
