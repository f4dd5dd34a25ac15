import { execFile } from 'node:child_process'
import { chmod, copyFile, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { appId } from '../../packages/splunk-input/src/index.ts'
import { bundledCommand } from '../bundle/bundle.ts'
import { appManifest } from './app-manifest.ts'
import { globalConfig } from './global-config.ts'
import { inputsSpec } from './inputs-spec.ts'
import { packApp } from './pack-app.ts'

const own = join(import.meta.dirname, '../../packages/splunk-input')

export interface BuildAppOptions {
  /** The virtual environment with Splunk's framework for add-ons. */
  readonly ucc: string
  /** The command as one program. */
  readonly executable: string
  readonly version: string
}

/**
 * Builds the app that Splunk installs, at `path`: pages and REST handlers by Splunk's framework, our launcher, the program for x86-64, and
 * the bundle for where Node is configured. The framework downloads its Python libraries from the package index.
 */
export async function buildApp(path: string, { ucc, executable, version }: BuildAppOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'building-app-'))
  try {
    await writeSources(folder, version)
    await buildPages(folder, ucc, version)
    const app = join(folder, 'output', appId)
    await writeFile(join(app, 'README/inputs.conf.spec'), inputsSpec())
    await addCommand(app, executable, version)
    await packApp(app, appId, path)
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

async function addCommand(app: string, executable: string, version: string): Promise<void> {
  const program = join(app, 'bin/asana-audit-linux-x64')
  await copyFile(executable, program)
  await chmod(program, 0o755)
  await copyFile(`${executable}-licences.txt`, join(app, 'LICENSES/asana-audit-linux-x64.txt'))
  const bundle = join(app, 'bin/asana-audit')
  const manifest = { name: 'asana-audit', version, type: 'module' }
  const files = [...(await bundledCommand()).files, ['package.json', JSON.stringify(manifest)] as const]
  for (const [name, content] of files) {
    const to = join(bundle, name)
    await mkdir(dirname(to), { recursive: true })
    await writeFile(to, content)
  }
}
