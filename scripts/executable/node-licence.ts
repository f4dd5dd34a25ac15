import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { cachedPath } from '../setup/parts/cached-path.ts'

const execute = promisify(execFile)

/**
 * The licence of the running Node, with those of what Node is made of. The workspace's Node comes without it, so it is taken from Node's
 * package on npm, once for each version.
 */
export async function nodeLicence(): Promise<string> {
  const { node: version } = process.versions
  const cached = cachedPath('node-licence', version, process.env)
  if (!existsSync(cached)) await fetchLicence(version, cached)
  return readFile(cached, 'utf8')
}

async function fetchLicence(version: string, path: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'asana-audit-node-licence-'))
  try {
    const packed = ['pack', '--silent', `node-linux-${process.arch}@${version}`, '--pack-destination', folder]
    const { stdout } = await execute('npm', packed)
    const tarball = join(folder, stdout.trim())
    const { stdout: text } = await execute('tar', ['-xOf', tarball, 'package/LICENSE'], {
      maxBuffer: 2 ** 24,
    })
    await mkdir(dirname(path), { recursive: true })
    await writeFile(`${path}-${process.pid}`, text)
    await rename(`${path}-${process.pid}`, path)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
