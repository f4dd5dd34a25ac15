import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type PackedPackage, packPackages } from '../../../test/support/release/packed-packages.ts'

const execute = promisify(execFile)
const commandName = 'asana-audit'

/** The command as its users have it: packed, and installed by npm into an empty folder. */
interface Installed {
  /** The bytes of the tarballs of our own packages that are needed. */
  readonly packedMb: number
  /** The bytes of what npm installed, in blocks of the disk, as `du` counts. */
  readonly installedMb: number
  readonly packages: number
}

interface Installation extends Installed {
  /** The module to run with Node. */
  readonly bin: string
}

let installed: Promise<Installation> | undefined

/** It is packed and installed once, and removed when this process ends. */
export function installedCommand(): Promise<Installation> {
  installed ??= install()
  return installed
}

/** The module to run: the one that `BENCH_COMMAND` names, for example an earlier version, or the installed command of today. */
export async function commandToMeasure(env: NodeJS.ProcessEnv): Promise<string> {
  return env['BENCH_COMMAND'] || (await installedCommand()).bin
}

async function install(): Promise<Installation> {
  const folder = mkdtempSync(join(tmpdir(), 'asana-audit-bench-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const [packed, project] = [join(folder, 'packed'), join(folder, 'project')]
  mkdirSync(packed)
  mkdirSync(project)
  const needed = closure(await packPackages(packed))
  writeFileSync(join(project, 'package.json'), '{"private":true}')
  const tarballs = needed.map(({ tarball }) => tarball)
  await execute('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...tarballs], {
    cwd: project,
  })
  const modules = join(project, 'node_modules')
  const itself = join(modules, commandName)
  const { bin } = JSON.parse(readFileSync(join(itself, 'package.json'), 'utf8')) as {
    bin: Readonly<Record<string, string>>
  }
  const lock = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8')) as { packages: object }
  return {
    bin: join(itself, bin[commandName] as string),
    packedMb: tarballs.reduce((sum, path) => sum + statSync(path).size, 0) / 2 ** 20,
    installedMb: blocksOf(modules) / 2 ** 20,
    packages: Object.keys(lock.packages).length,
  }
}

/** The command and those of our packages that it depends on. */
function closure(all: readonly PackedPackage[]): PackedPackage[] {
  const needed = new Set([commandName])
  const byName = new Map(all.map((one) => [one.name, one]))
  for (const name of needed)
    for (const dependency of Object.keys(byName.get(name)?.manifest.dependencies ?? {}))
      if (byName.has(dependency)) needed.add(dependency)
  return all.filter(({ name }) => needed.has(name))
}

const blockBytes = 512

function blocksOf(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => statSync(join(folder, path)).blocks * blockBytes)
    .reduce((sum, bytes) => sum + bytes, 0)
}
