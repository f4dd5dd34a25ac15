import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import type { Part } from '../sbom/part.ts'

const execute = promisify(execFile)

/** What the image takes from the Debian or Ubuntu that builds it, and the licences of that. */
export const systemPackages: ReadonlyMap<string, string> = new Map([
  ['ca-certificates', 'MPL-2.0'],
  ['libc6', 'LGPL-2.1-or-later'],
  ['libgcc-s1', 'GPL-3.0-or-later WITH GCC-exception-3.1'],
  ['libstdc++6', 'GPL-3.0-or-later WITH GCC-exception-3.1'],
])

/** The packages that these C libraries belong to, and that of the certificates, as this machine has them. */
export async function partsOfSystem(libraries: readonly string[]): Promise<Part[]> {
  const names = new Set(['ca-certificates', ...(await Promise.all(libraries.map(packageOf)))])
  // biome-ignore lint/suspicious/noTemplateCurlyInString: fields of dpkg
  const format = '${Package}\\t${Version}\\t${Architecture}\\n'
  const { stdout } = await execute('dpkg-query', ['--show', '--showformat', format, ...names])
  const distribution = /^ID=(\w+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'debian'
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [name = '', version = '', arch = ''] = line.split('\t')
      const license = systemPackages.get(name)
      if (license === undefined)
        throw new Error(
          `The image has files of the package ${name}. Look under what licence, and add it here.`,
        )
      return {
        name,
        version,
        license,
        origin: { type: 'deb', namespace: distribution, qualifiers: { arch } },
      }
    })
}

/** A library may be known by its path below `/usr`, where all of them are in fact. */
async function packageOf(library: string): Promise<string> {
  const { stdout } = await execute('dpkg-query', ['--search', library, `/usr${library}`]).catch(
    // It fails if one of the paths is unknown.
    (error: { readonly stdout?: string }) => ({ stdout: error.stdout ?? '' }),
  )
  const name = /^([^\s:]+)(?::\w+)?: \//m.exec(stdout)?.[1]
  if (name === undefined)
    throw new Error(`No package of this machine has ${library}. Build the image on Debian or Ubuntu.`)
  return name
}
