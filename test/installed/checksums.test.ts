import { execFileSync } from 'node:child_process'
import { globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { artifactFolder, version } from '../../scripts/release/artifacts.ts'
import { sha256 } from '../../scripts/release/sha256.ts'
import { runPlatformCommands } from '../support/pages/platform-commands.ts'
import { readListOfParts } from '../support/release/list-of-parts.ts'
import { repository } from '../support/release/packed-packages.ts'
import { describeRelease } from '../support/release/release-suite.ts'

describeRelease('checksums and lists of parts', () => {
  const folder = artifactFolder()
  const lists = (): string[] => globSync('**/*.cdx.json', { cwd: folder })
  beforeAll(() => runPlatformCommands('Checksums, and what is in it.'))

  test('all that was built has a checksum, and so has its list of parts', () => {
    const summed = readFileSync(join(folder, 'SHA256SUMS'), 'utf8')
    const built = [`asana-audit-${version}.tgz`, `asana-audit-chart-${version}.tgz`]
    for (const name of built.flatMap((one) => [one, `${one}.cdx.json`]))
      expect(summed).toContain(`  ${name}\n`)
  })

  test('each list keeps to the schema of CycloneDX and carries the SHA-256 of what it is about', async () => {
    for (const name of lists()) {
      const { component } = (await readListOfParts(join(folder, name))).metadata
      expect(component.version, name).toBe(version)
      const about = join(folder, name.replace('.cdx.json', ''))
      const [{ content }] = component.hashes
      expect(content, name).toBe(statSync(about).isDirectory() ? manifestDigest(about) : await sha256(about))
    }
  })

  test('the add-on, the chart and the package of npm are the same, byte for byte, when they are built again', async () => {
    const paths = ['TA-asana-audit', 'asana-audit-chart', 'asana-audit'].flatMap((name) => [
      join(folder, `${name}-${version}.tgz`),
      join(folder, `${name}-${version}.tgz.cdx.json`),
    ])
    const build = async (): Promise<string[]> => {
      for (const script of ['addon', 'chart', 'npm'])
        execFileSync('npx', ['-y', 'pnpm@12', `build:${script}`], { cwd: repository })
      return Promise.all(paths.map(sha256))
    }
    expect(await build()).toEqual(await build())
  })
})

/** The digest of the only image in a layout, in hexadecimal digits. */
function manifestDigest(layout: string): string {
  const { manifests } = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as {
    manifests: readonly [{ readonly digest: string }]
  }
  return manifests[0].digest.replace('sha256:', '')
}
