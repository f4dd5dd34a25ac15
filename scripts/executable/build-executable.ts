import { execFile } from 'node:child_process'
import { chmod, copyFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { bundledExecutable } from '../bundle/bundle.ts'
import { version } from '../release/artifacts.ts'
import { sha256 } from '../release/sha256.ts'
import type { Part } from '../sbom/part.ts'
import { partsOfBundle } from '../sbom/parts-of-bundle.ts'
import { partsOfNode } from '../sbom/parts-of-node.ts'
import { writeBom } from '../sbom/write-bom.ts'
import { nodeLicence } from './node-licence.ts'

const execute = promisify(execFile)
const postject = createRequire(import.meta.url).resolve('postject/dist/cli.js')

/** How Node sees that a program is inside it: https://nodejs.org/api/single-executable-applications.html */
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'

export interface Executable {
  readonly path: string
  readonly parts: readonly Part[]
}

/**
 * Writes the command as one program, which needs no Node: the Node that runs this, with the bundle inside. The folder of `path` must exist.
 * The same sources and the same Node make the same bytes. Beside it are the licences of all that is in it, `PATH-licences.txt`, and its parts
 * as CycloneDX, `PATH.cdx.json`.
 */
export async function buildExecutable(path: string): Promise<Executable> {
  if (process.platform !== 'linux')
    throw new Error('The single executable is built on Linux only. Elsewhere, install the package with npm.')
  // Beside its place, so that it can be moved there whole.
  const folder = await mkdtemp(join(dirname(path), 'building-executable-'))
  const [main, output, program, config] = ['main.cjs', 'main.blob', 'program', 'sea.json'].map((name) =>
    join(folder, name),
  ) as [string, string, string, string]
  try {
    const { code, notices, packages } = await bundledExecutable()
    await writeFile(main, code)
    // Relative, because Node writes the path of `main` into the program.
    const settings = { main: 'main.cjs', output: 'main.blob', disableExperimentalSEAWarning: true }
    await writeFile(config, JSON.stringify(settings))
    await execute(process.execPath, ['--experimental-sea-config', config], { cwd: folder })
    await copyFile(process.execPath, program)
    await execute(process.execPath, [postject, program, 'NODE_SEA_BLOB', output, '--sentinel-fuse', fuse])
    await chmod(program, 0o755)
    await writeFile(
      `${path}-licences.txt`,
      `${notices}\n${'-'.repeat(80)}\n\nNode ${process.versions.node}\n\n${await nodeLicence()}`,
    )
    const parts = [partsOfNode(), ...partsOfBundle(packages)]
    await writeBom(`${path}.cdx.json`, {
      name: 'asana-audit',
      version,
      license: 'Apache-2.0',
      origin: { type: 'generic', qualifiers: { arch: process.arch, os: 'linux' } },
      sha256: await sha256(program),
      parts,
    })
    await rename(program, path)
    return { path, parts }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
