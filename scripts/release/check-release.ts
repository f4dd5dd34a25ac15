/** `pnpm release:check` prints what must be done before this version is published and exits with 1. If it is ready, it prints nothing. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fieldProblems, type ReleaseFields } from './manifest-fields.ts'
import { hasChangelogEntry, releasedPackages, releasedVersion } from './packages.ts'

const root = join(import.meta.dirname, '../..')
const packages = releasedPackages(root)
const version = releasedVersion(packages)
const release = JSON.parse(readFileSync(join(root, 'release.json'), 'utf8')) as ReleaseFields

const problems = fieldProblems(release)
const pending = globSync('.changeset/*.md', { cwd: root })
if (pending.length > 0) {
  problems.push(
    `.changeset has ${pending.length} changes that are in no version yet: run pnpm release:version.`,
  )
}
for (const released of packages) {
  if (!hasChangelogEntry(root, released)) {
    problems.push(`${released.folder}/CHANGELOG.md says nothing of ${version}.`)
  }
}
// npm shows the READMEs, and there this sentence would be wrong.
for (const page of globSync(['README.md', 'docs/*.md', 'packages/*/README.md', 'packages/*/docs/*.md'], {
  cwd: root,
}).toSorted()) {
  const says = /\b(registry|published) yet\b/.test(readFileSync(join(root, page), 'utf8'))
  if (says) problems.push(`${page} says that nothing is published yet.`)
}

for (const problem of problems) process.stdout.write(`${problem}\n`)
if (problems.length === 0) process.stdout.write(`${version} is ready to be published.\n`)
process.exitCode = problems.length > 0 ? 1 : 0
