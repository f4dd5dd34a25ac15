import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)
export const repository: string = join(import.meta.dirname, '..', '..')

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly exports?: Readonly<Record<string, unknown>>
  readonly bin?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
}

export interface PackedPackage {
  readonly name: string
  /** What can be imported: `@asana-audit/core/sqlite-state`. None for a command. */
  readonly entries: readonly string[]
  /** Path of the tarball. */
  readonly tarball: string
  readonly manifest: Manifest
  /** The text of every file in it, by its path in the package. */
  readonly files: ReadonlyMap<string, string>
}

/** Builds the packages and packs every one as it would be published. */
export async function packPackages(folder: string): Promise<PackedPackage[]> {
  await execute('npx', ['tsc', '-b', 'tsconfig.build.json'], { cwd: repository })
  const pack = ['--filter', './packages/*', 'pack', '--json', '--pack-destination', folder]
  const { stdout } = await pnpm(pack, repository)
  const packed = JSON.parse(stdout) as { name: string; filename: string; files: { path: string }[] }[]
  return Promise.all(
    packed.map(async ({ name, filename, files: list }) => {
      const unpacked = join(folder, name.replaceAll('/', '-'))
      await execute('mkdir', ['-p', unpacked])
      await execute('tar', ['-xzf', filename, '-C', unpacked, '--strip-components=1'])
      const files = new Map(
        list.map(({ path }) => [path, readFileSync(join(unpacked, path), 'utf8')] as const),
      )
      const manifest = JSON.parse(files.get('package.json') ?? '') as Manifest
      const entries = Object.keys(manifest.exports ?? {}).map((key) => name + key.slice(1))
      return { name, entries, tarball: filename, manifest, files }
    }),
  )
}

/** Runs the pnpm that the documentation names, whichever way the tests were started. */
export function pnpm(args: readonly string[], cwd: string): Promise<{ stdout: string; stderr: string }> {
  return execute('npx', ['-y', 'pnpm@12', ...args], { cwd, maxBuffer: 2 ** 26 })
}
