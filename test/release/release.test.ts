import { exec, execFile, execFileSync } from 'node:child_process'
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ReleaseFields, withReleaseFields } from '../../scripts/release/manifest-fields.ts'
import { releasedPackages, releasedVersion } from '../../scripts/release/packages.ts'
import { statedVersions } from '../../scripts/release/stated-versions.ts'

const execute = promisify(execFile)
const repository = join(import.meta.dirname, '../..')
const read = (root: string, path: string): string => readFileSync(join(root, path), 'utf8')
const fieldsOf = (root: string): ReleaseFields => JSON.parse(read(root, 'release.json')) as ReleaseFields

/** Every version that a place outside the manifests states. */
const stated = (root: string): (string | undefined)[] =>
  statedVersions.map(({ file, pattern }) => pattern.exec(read(root, file))?.[1])

test('all packages and all places that state a version have the same version', () => {
  const version = releasedVersion(releasedPackages(repository))
  expect(stated(repository)).toEqual(statedVersions.map(() => version))
})

test('every manifest has the fields of release.json (pnpm release:write writes them)', () => {
  const release = fieldsOf(repository)
  for (const { folder, manifest } of releasedPackages(repository)) {
    const written = JSON.stringify(withReleaseFields(manifest, folder, release))
    expect(JSON.stringify(manifest), folder).toBe(written)
  }
})

test('published packages are in the folder packages, and nothing else has their scope', () => {
  const workspace = globSync(['packages/*/package.json', 'examples/*/package.json', 'bench/package.json'], {
    cwd: repository,
  })
  for (const path of workspace) {
    const { name } = JSON.parse(read(repository, path)) as { name: string }
    const released = path.startsWith('packages')
    expect(/^(asana-audit|@asana-audit\/.*)$/.test(name), path).toBe(released)
  }
})

describe('a release in a copy', () => {
  const copy = mkdtempSync(join(tmpdir(), 'asana-audit-release-'))
  const before = releasedVersion(releasedPackages(repository))
  const [major = 0, minor = 0] = before.split('.').map(Number)
  let next = ''
  const env = { ...process.env, PATH: join(copy, 'node_modules/.bin') + delimiter + process.env['PATH'] }

  /** Runs a script of the copy like pnpm. */
  const run = (name: string): Promise<{ stdout: string }> => {
    const { scripts } = JSON.parse(read(copy, 'package.json')) as { scripts: Record<string, string> }
    return promisify(exec)(scripts[name] ?? '', { cwd: copy, env })
  }

  beforeAll(async () => {
    copyRepository(copy)
    writeFileSync(
      join(copy, '.changeset/added.md'),
      '---\n"@asana-audit/core": minor\n---\n\nA new sentence.\n\nAnd another.\n',
    )
    await run('release:version')
    next = releasedVersion(releasedPackages(copy))
  })
  afterAll(() => rmSync(copy, { recursive: true, force: true }))

  test('gives every package the next version, the private add-on too', () => {
    const packages = releasedPackages(copy)
    expect(packages.map(({ folder }) => folder)).toEqual(
      releasedPackages(repository).map(({ folder }) => folder),
    )
    // From 0.0.0, the version before the first release, to 0.1.0.
    expect([`${major}.${minor + 1}.0`, `${major + 1}.0.0`]).toContain(next)
    expect(stated(copy)).toEqual(statedVersions.map(() => next))
  })

  test('writes one entry of the changelog for each package, and removes the changesets', () => {
    for (const { folder, manifest } of releasedPackages(copy)) {
      const changelog = read(copy, join(folder, 'CHANGELOG.md'))
      expect(changelog).toMatch(new RegExp(`^# ${manifest.name}\n\n## ${next}\n`))
      expect(changelog).not.toContain('Updated dependencies')
    }
    expect(read(copy, 'packages/core/CHANGELOG.md')).toContain('- A new sentence.\n\n  And another.\n')
    expect(globSync('.changeset/*.md', { cwd: copy })).toEqual([])
  })

  test('leaves a repository whose format and tests are right', async () => {
    await execute('biome', ['format', 'packages'], { cwd: copy, env })
    const files = [
      'packages/schema/test/package.test.ts',
      'packages/splunk-addon/test/addon-files.test.ts',
      'test/pages/documentation.test.ts',
    ]
    await execute(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...files], { cwd: copy, env })
    const command = await execute(process.execPath, ['packages/cli/src/bin.ts', '--version'], { cwd: copy })
    expect(command.stdout).toBe(`${next}\n`)
  })

  test('is ready after a maintainer has filled in every field that the check names', async () => {
    const filled: ReleaseFields = {
      author: 'Ada <ada@example.com>',
      repository: 'https://git.example.com/ada/asana-audit',
      homepage: 'https://git.example.com/ada/asana-audit/tree/main/{folder}#readme',
      bugs: 'https://git.example.com/ada/asana-audit/issues',
      license: 'Apache-2.0',
      engines: { node: '>=22.19' },
    }
    for (const page of globSync(['README.md', 'docs/*.md', 'packages/*/README.md', 'packages/*/docs/*.md'], {
      cwd: copy,
    })) {
      const text = read(copy, page)
      writeFileSync(join(copy, page), text.replaceAll(/\b(registry|published) yet\b/g, '$1'))
    }
    writeFileSync(join(copy, 'packages/core/README.md'), 'It is on no registry yet.\n')
    writeFileSync(
      join(copy, 'release.json'),
      JSON.stringify({ ...filled, author: null, repository: 'ada/asana-audit' }),
    )
    await expect(run('release:check')).rejects.toMatchObject({
      code: 1,
      stdout:
        'release.json: author is not filled in.\n' +
        'release.json: repository is ada/asana-audit, and has to be like https://host/owner/name.\n' +
        'packages/core/README.md says that nothing is published yet.\n',
    })
    writeFileSync(join(copy, 'packages/core/README.md'), '# @asana-audit/core\n')
    writeFileSync(join(copy, 'release.json'), JSON.stringify(filled))
    await run('release:write')
    expect((await run('release:check')).stdout).toBe(`${next} is ready to be published.\n`)
    expect(JSON.parse(read(copy, 'packages/core/package.json'))).toMatchObject({
      version: next,
      author: 'Ada <ada@example.com>',
      homepage: 'https://git.example.com/ada/asana-audit/tree/main/packages/core#readme',
      bugs: { url: 'https://git.example.com/ada/asana-audit/issues' },
      repository: {
        type: 'git',
        url: 'git+https://git.example.com/ada/asana-audit.git',
        directory: 'packages/core',
      },
    })
  })
})

/** A copy of the repository without its history, with links to the installed packages, so that no network is needed. */
function copyRepository(to: string): void {
  const left = /(^|\/)(\.git|dist|\.cache|demo-output|node_modules)$/
  cpSync(repository, to, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => {
      const name = relative(repository, path).replaceAll('\\', '/')
      return !left.test(name) || /^packages\/[^/]+\/node_modules$/.test(name)
    },
  })
  symlinkSync(join(repository, 'node_modules'), join(to, 'node_modules'), 'junction')
  execFileSync('git', ['init', '--quiet'], { cwd: to })
}
