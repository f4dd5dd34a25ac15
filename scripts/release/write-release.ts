/**
 * `pnpm release:write` writes the fields of `release.json` into the manifest of every package, and their version into the places that
 * state it. `pnpm release:version` runs it; run it yourself after a change of `release.json`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ReleaseFields, withReleaseFields } from './manifest-fields.ts'
import { releasedPackages, releasedVersion } from './packages.ts'
import { statedVersions } from './stated-versions.ts'

const root = join(import.meta.dirname, '../..')
const release = JSON.parse(readFileSync(join(root, 'release.json'), 'utf8')) as ReleaseFields
const packages = releasedPackages(root)
const version = releasedVersion(packages)

for (const { folder, manifest } of packages) {
  const written = withReleaseFields(manifest, folder, release)
  writeFileSync(join(root, folder, 'package.json'), `${JSON.stringify(written, null, 2)}\n`)
}
for (const { file, pattern } of statedVersions) {
  const path = join(root, file)
  const text = readFileSync(path, 'utf8')
  if (!pattern.test(text)) throw new Error(`${file} states no version where ${pattern} looks for one.`)
  writeFileSync(path, text.replace(pattern, version))
}
