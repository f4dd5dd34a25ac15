import { execFile } from 'node:child_process'
import { chmod, copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { appId, schemeXml } from '../../packages/splunk-input/src/index.ts'
import { bundledCommand } from '../bundle/bundle.ts'
import type { Executable } from '../executable/build-executable.ts'
import { sha256 } from '../release/sha256.ts'
import type { Part } from '../sbom/part.ts'
import { partsOfBundle } from '../sbom/parts-of-bundle.ts'
import { writeBom } from '../sbom/write-bom.ts'
import { uccRequirements } from '../ucc/location.ts'
import { appManifest } from './app-manifest.ts'
import { globalConfig } from './global-config.ts'
import { inputsSpec } from './inputs-spec.ts'
import { packApp } from './pack-app.ts'
import { pythonParts } from './python-parts.ts'

const own = join(import.meta.dirname, '../../packages/splunk-input')

export interface BuildAppOptions {
  /** The virtual environment with Splunk's framework for add-ons. */
  readonly ucc: string
  /** The command as one program. */
  readonly executable: Executable
  readonly version: string
}

/**
 * Builds the app that Splunk installs, at `path`: pages and REST handlers by Splunk's framework, our launcher, the program for x86-64, and
 * the bundle for where Node is configured. Its parts are beside it as CycloneDX, `PATH.cdx.json`. The framework downloads its Python
 * libraries from the package index; with the same ones, two builds make the same bytes.
 */
export async function buildApp(path: string, { ucc, executable, version }: BuildAppOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'building-app-'))
  try {
    await writeSources(folder, version)
    await buildPages(folder, ucc, version)
    const app = join(folder, 'output', appId)
    await writeFile(join(app, 'README/inputs.conf.spec'), inputsSpec())
    await setBuildNumber(app, version)
    const bundled = await addCommand(app, executable.path, version)
    await packApp(app, appId, path)
    await writeBom(`${path}.cdx.json`, {
      name: appId,
      version,
      license: 'Apache-2.0',
      origin: { type: 'generic', qualifiers: { arch: 'x64', os: 'linux' } },
      sha256: await sha256(path),
      parts: withoutRepeats([
        ...executable.parts,
        ...bundled,
        ...(await pythonParts(join(app, 'lib'))),
        await frameworkPart(),
      ]),
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function writeSources(folder: string, version: string): Promise<void> {
  const source = join(folder, 'package')
  await cp(join(own, 'app/package'), source, { recursive: true })
  await mkdir(join(source, 'LICENSES'))
  await copyFile(join(own, 'LICENSE'), join(source, 'LICENSES/LICENSE.txt'))
  await writeFile(join(source, 'app.manifest'), JSON.stringify(appManifest(version), undefined, 2))
  await writeFile(join(folder, 'globalConfig.json'), JSON.stringify(globalConfig(version), undefined, 2))
}

async function buildPages(folder: string, ucc: string, version: string): Promise<void> {
  const bin = join(ucc, 'bin')
  // A newer pip refuses a flag that this version of the framework uses.
  const options = ['--source', 'package', '--ta-version', version, '--pip-version', '25.0', '-o', 'output']
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` }
  try {
    await promisify(execFile)(join(bin, 'ucc-gen'), ['build', ...options], {
      cwd: folder,
      env,
      maxBuffer: 1 << 26,
    })
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`Splunk's framework cannot build the app:\n${(stdout + stderr).slice(-4_000)}`)
  }
}

/**
 * The framework writes the time. Splunk only wants another number for another version, so that browsers do not keep old pages: 1.2.3 has
 * 1002003.
 */
async function setBuildNumber(app: string, version: string): Promise<void> {
  const parts = version.split(/[.-]/).map((part) => Number.parseInt(part, 10))
  const [major = 0, minor = 0, patch = 0] = parts
  const number = String(Math.max(1, major * 1_000_000 + minor * 1_000 + patch))
  const written = /^build = (\d+)$/m.exec(await readFile(join(app, 'default/app.conf'), 'utf8'))?.[1]
  for (const name of ['default/app.conf', 'appserver/templates/base.html']) {
    const text = await readFile(join(app, name), 'utf8')
    if (written === undefined || !text.includes(written))
      throw new Error(`${name} of the app has no build number where the framework used to write it.`)
    await writeFile(join(app, name), text.replaceAll(written, number))
  }
}

/** The pages are part of the framework. */
async function frameworkPart(): Promise<Part> {
  const requirements = await readFile(uccRequirements, 'utf8')
  const [, name, version] = /^([\w-]+)==([\w.]+)$/m.exec(requirements) ?? []
  if (name === undefined || version === undefined) throw new Error(`${uccRequirements} names no version.`)
  return { name, version, license: 'Apache-2.0', origin: { type: 'pypi' } }
}

/** The program and the bundle have the same packages. */
function withoutRepeats(parts: readonly Part[]): Part[] {
  return [
    ...new Map(
      parts.map((part) => [
        `${part.origin.type} ${part.origin.namespace} ${part.name} ${part.version}`,
        part,
      ]),
    ).values(),
  ]
}

/** Returns the parts of the bundle. */
async function addCommand(app: string, executable: string, version: string): Promise<Part[]> {
  const program = join(app, 'bin/asana-audit-linux-x64')
  await copyFile(executable, program)
  await chmod(program, 0o755)
  await copyFile(`${executable}-licences.txt`, join(app, 'LICENSES/asana-audit-linux-x64.txt'))
  const bundle = join(app, 'bin/asana-audit')
  const manifest = { name: 'asana-audit', version, type: 'module' }
  const { files, packages } = await bundledCommand()
  for (const [name, content] of [...files, ['package.json', JSON.stringify(manifest)] as const]) {
    const to = join(bundle, name)
    await mkdir(dirname(to), { recursive: true })
    await writeFile(to, content)
  }
  await writeFile(join(app, 'bin/asana-audit-scheme.xml'), schemeXml())
  return partsOfBundle(packages)
}
