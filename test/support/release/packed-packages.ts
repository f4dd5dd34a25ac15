import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)
export const repository: string = join(import.meta.dirname, '..', '..', '..')

export interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly exports?: Readonly<Record<string, unknown>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

export interface PackedPackage {
  readonly name: string
  /** The modules that can be imported: `@asana-audit/core/sqlite-state`. None of a command. */
  readonly entries: readonly string[]
  /** Path of the tarball. */
  readonly tarball: string
  readonly manifest: Manifest
  /** The text of every file in it, by its path in the package. */
  readonly files: ReadonlyMap<string, string>
}

/** Builds the packages and packs every one into a folder as it would be published. */
export async function packPackages(folder: string): Promise<PackedPackage[]> {
  const build = ['node_modules/typescript/bin/tsc', '-b', 'tsconfig.build.json']
  await execute(process.execPath, build, { cwd: repository }).catch(({ stdout }: { stdout: string }) => {
    throw new Error(`The packages do not build:\n${stdout}`)
  })
  const { stdout } = await pnpm(
    ['--filter', './packages/*', 'pack', '--json', '--pack-destination', folder],
    repository,
  )
  const packed = JSON.parse(stdout) as { name: string; filename: string; files: { path: string }[] }[]
  const unpacked = await Promise.all(
    packed.map(async ({ name, filename: tarball, files: list }) => {
      const contents = join(folder, `unpacked-${name.replace('/', '-')}`)
      mkdirSync(contents)
      await execute('tar', ['-xzf', tarball, '-C', contents, '--strip-components=1'])
      const files = new Map(list.map(({ path }) => [path, readFileSync(join(contents, path), 'utf8')]))
      const manifest = JSON.parse(files.get('package.json') ?? '') as Manifest
      const modules = Object.keys(manifest.exports ?? {}).filter((key) => !key.endsWith('.json'))
      const entries = modules.map((key) => name + key.slice(1))
      return { name, entries, tarball, manifest, files }
    }),
  )
  return unpacked.filter(({ manifest }) => !manifest.private)
}

/** Runs the pnpm that the documentation names, whatever started the tests: an `npx --package` above would be inherited. */
export function pnpm(args: readonly string[], cwd: string): Promise<{ stdout: string; stderr: string }> {
  return execute('npx', ['-y', '--package=pnpm@12', '--', 'pnpm', ...args], { cwd, maxBuffer: 2 ** 26 })
}
