import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { program } from '../../packages/cli/src/program.ts'
import type { Executable } from '../executable/build-executable.ts'
import { removeOlder, version } from '../release/artifacts.ts'
import type { ReleaseFields } from '../release/manifest-fields.ts'
import { sha256 } from '../release/sha256.ts'
import { writeBom } from '../sbom/write-bom.ts'
import { manualPage } from './manual-page.ts'
import { builtNfpmPath } from './nfpm.ts'

const execute = promisify(execFile)
const root = join(import.meta.dirname, '../..')

/** The processor as Debian names it, and as Red Hat does. */
const architectures: Readonly<Record<string, readonly [deb: string, rpm: string]>> = {
  x64: ['amd64', 'x86_64'],
  arm64: ['arm64', 'aarch64'],
}

/**
 * Writes a `.deb` and an `.rpm` of the executable into a folder, as deploy/packages/nfpm.yaml says, each with its parts as CycloneDX in
 * `….cdx.json`, and removes older ones. Returns their paths. The same executable makes the same bytes: every time in them is
 * `SOURCE_DATE_EPOCH`, or 0.
 */
export async function buildPackages(
  { path: executable, parts }: Executable,
  folder: string,
): Promise<string[]> {
  const nfpm = builtNfpmPath(process.env)
  if (!existsSync(nfpm)) throw new Error('nfpm is not there. Run `pnpm setup:nfpm` once, then this again.')
  const [deb, rpm] = architectures[process.arch] ?? []
  if (deb === undefined || rpm === undefined)
    throw new Error(`There are no packages for the processor ${process.arch}.`)
  const generated = await mkdtemp(join(tmpdir(), 'asana-audit-packages-'))
  try {
    await writeCompletions(executable, generated)
    const page = manualPage(await program(() => undefined), version)
    await writeFile(join(generated, 'asana-audit.1.gz'), gzipSync(page))
    const targets = [
      ['deb', deb, join(folder, `asana-audit_${version}_${deb}.deb`)],
      ['rpm', rpm, join(folder, `asana-audit-${version}-1.${rpm}.rpm`)],
    ] as const
    const variables = {
      VERSION: version,
      ARCH: deb,
      EXECUTABLE: executable,
      GENERATED: generated,
      ...owner(),
    }
    const env = { SOURCE_DATE_EPOCH: '0', ...process.env, ...variables }
    // Before they are built, so that a list of parts never stays without its package.
    removeOlder(folder, [`asana-audit_*_${deb}.deb*`, `asana-audit-*.${rpm}.rpm*`], [])
    for (const [packager, arch, target] of targets) {
      const what = ['--config', 'deploy/packages/nfpm.yaml', '--packager', packager, '--target', target]
      await execute(nfpm, ['package', ...what], { cwd: root, env })
      await writeBom(`${target}.cdx.json`, {
        name: 'asana-audit',
        version,
        license: 'Apache-2.0',
        origin: { type: packager, qualifiers: { arch } },
        sha256: await sha256(target),
        parts,
      })
    }
    return targets.map(([, , target]) => target)
  } finally {
    await rm(generated, { recursive: true, force: true })
  }
}

/** Who makes them, by release.json. Debian asks for a maintainer also before that file names one. */
function owner(): Record<'MAINTAINER' | 'HOMEPAGE', string> {
  const { author, repository } = JSON.parse(readFileSync(join(root, 'release.json'), 'utf8')) as ReleaseFields
  return { MAINTAINER: author ?? 'The authors of asana-audit', HOMEPAGE: repository ?? '' }
}

async function writeCompletions(executable: string, folder: string): Promise<void> {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { stdout } = await execute(executable, ['completion', shell])
    await writeFile(join(folder, shell), stdout)
  }
}
