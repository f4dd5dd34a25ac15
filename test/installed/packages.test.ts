import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildExecutable } from '../../scripts/executable/build-executable.ts'
import { buildPackages } from '../../scripts/packages/build-packages.ts'
import { artifactFolder, executablePath, version } from '../../scripts/release/artifacts.ts'
import { runPlatformCommands } from '../support/pages/platform-commands.ts'
import { readListOfParts } from '../support/release/list-of-parts.ts'
import { onMachineCopy } from '../support/release/machine-copy.ts'
import { repository } from '../support/release/packed-packages.ts'
import { describeRelease } from '../support/release/release-suite.ts'

const execute = promisify(execFile)

/** What both packages hold, and the mode of each. */
const contents = [
  '-rw-r--r-- /etc/asana-audit/asana-audit.yaml',
  '-rw-r--r-- /usr/lib/systemd/system/asana-audit.service',
  '-rw-r--r-- /usr/lib/sysusers.d/asana-audit.conf',
  '-rw-r--r-- /usr/share/bash-completion/completions/asana-audit',
  '-rw-r--r-- /usr/share/doc/asana-audit/LICENSE',
  '-rw-r--r-- /usr/share/doc/asana-audit/README.md',
  '-rw-r--r-- /usr/share/doc/asana-audit/copyright',
  ...readdirSync(join(repository, 'packages/cli/docs')).map(
    (page) => `-rw-r--r-- /usr/share/doc/asana-audit/docs/${page}`,
  ),
  '-rw-r--r-- /usr/share/fish/vendor_completions.d/asana-audit.fish',
  '-rw-r--r-- /usr/share/man/man1/asana-audit.1.gz',
  '-rwxr-xr-x /usr/bin/asana-audit',
]

describeRelease('the packages of Debian and Red Hat', (folder) => {
  const settings = '/etc/asana-audit/asana-audit.yaml'
  let said = ''
  let deb = ''
  let rpm = ''
  beforeAll(async () => {
    const token = join(folder, 'token')
    writeFileSync(token, '2/1234/a-token')
    said = await runPlatformCommands('As a package of Debian, Ubuntu, Red Hat or SUSE.', {
      before: onMachineCopy,
      env: { ASANA_TOKEN_FILE: token },
    })
    const built = (end: string): string => globSync(join(artifactFolder(), `asana-audit*${end}`))[0] ?? ''
    deb = built('.deb')
    rpm = built('.rpm')
  })

  /** Runs commands on a copy of this machine that has no package of ours. */
  async function onCopy(commands: string): Promise<string[]> {
    const shell = [...onMachineCopy, 'sh', '-euc', commands]
    const { stdout } = await execute('env', shell, { cwd: repository })
    return stdout.trimEnd().split('\n')
  }

  test('are built and installed as the page for platform teams says', () => {
    expect(said).toContain(settings)
    expect(existsSync(settings), 'this machine has nothing of it').toBe(false)
  })

  test('hold the program, its service, user, settings, completion, manual page and licences, all owned by root', async () => {
    const inDeb = await execute('dpkg-deb', ['--contents', deb])
    const listed = [...inDeb.stdout.matchAll(/^(-\S+) root\/root .* \.(\/\S+)$/gm)].map(
      ([, mode, path]) => `${mode} ${path}`,
    )
    expect(listed.sort()).toEqual(
      [...contents, '-rw-r--r-- /usr/share/zsh/vendor-completions/_asana-audit'].sort(),
    )
    const format = '[%{FILEMODES:perms} %{FILEUSERNAME}:%{FILEGROUPNAME} %{FILENAMES}\\n]'
    const inRpm = await execute('rpm', ['--query', '--package', '--queryformat', format, rpm])
    const files = [...inRpm.stdout.matchAll(/^(-\S+) root:root (.*)$/gm)].map(
      ([, mode, path]) => `${mode} ${path}`,
    )
    expect(files.sort()).toEqual(
      [...contents, '-rw-r--r-- /usr/share/zsh/site-functions/_asana-audit'].sort(),
    )
  })

  test('have lists of their parts: those of the program in them', async () => {
    const { components } = await readListOfParts(`${executablePath()}.cdx.json`)
    for (const path of [deb, rpm]) {
      const list = await readListOfParts(`${path}.cdx.json`)
      expect(list.components).toEqual(components)
      expect(list.metadata.component.hashes[0].content).toBe(sha256(path))
    }
  })

  test('say their version, their licence and what they need', async () => {
    const fields = await execute('dpkg-deb', ['--field', deb])
    expect(fields.stdout).toMatch(/^Package: asana-audit$/m)
    expect(fields.stdout).toMatch(new RegExp(`^Version: ${version}$`, 'm'))
    expect(fields.stdout).toMatch(
      /^Depends: libc6 \(>= 2\.28\), libgcc-s1, libstdc\+\+6, systemd \(>= 250\)$/m,
    )
    const format = '%{NAME} %{VERSION} %{LICENSE} %{BUILDHOST} %{BUILDTIME}'
    const about = await execute('rpm', ['--query', '--package', '--queryformat', format, rpm])
    expect(about.stdout).toBe(`asana-audit ${version} Apache-2.0 localhost 0`)
    const { stdout } = await execute('rpm', ['--query', '--package', '--requires', rpm])
    expect(stdout).toContain('libc.so.6(GLIBC_2.28)(64bit)\n')
    expect(stdout).toContain('systemd >= 250\n')
  })

  test.each([
    ['dpkg', () => `dpkg --install ${deb}`],
    // Debian's rpm knows no installed package, and asks twice before it installs one.
    ['rpm', () => `rpm --upgrade --replacepkgs --force-debian --nodeps ${rpm}`],
  ])(
    '%s installs a program that runs, with its user and a service that systemd accepts',
    async (_, install) => {
      const lines = await onCopy(`${install()} >&2
      asana-audit --version
      echo token > /etc/asana-audit/token
      asana-audit config check ${settings} >&2
      getent passwd asana-audit | cut -d: -f6,7
      systemd-analyze verify asana-audit.service 2>&1
      systemctl is-enabled asana-audit.service || true`)
      expect(lines).toEqual([version, '/var/lib/asana-audit:/usr/sbin/nologin', 'disabled'])
    },
  )

  describe('an upgrade and a removal', () => {
    const change = `echo '# ours' >> ${settings}; mkdir /var/lib/asana-audit; systemctl enable asana-audit.service >&2`
    const look = `tail -n 1 ${settings}; systemctl is-enabled asana-audit.service`

    test('of Debian keep the settings and the state', async () => {
      const lines = await onCopy(`dpkg --install ${deb} >&2; ${change}
        dpkg --install ${deb} >&2; ${look}
        dpkg --purge asana-audit >&2; ls -d /var/lib/asana-audit
        ls /usr/bin/asana-audit /etc/systemd/system/multi-user.target.wants/asana-audit.service || true`)
      expect(lines).toEqual(['# ours', 'enabled', '/var/lib/asana-audit'])
    })

    test('of Red Hat keep the settings and the state', async () => {
      const install = `rpm --upgrade --replacepkgs --force-debian --nodeps ${rpm}`
      const lines = await onCopy(`${install} >&2; ${change}
        ${install} >&2; ${look}
        rpm --erase --force-debian asana-audit >&2; ls -d /var/lib/asana-audit; tail -n 1 ${settings}.rpmsave
        ls /usr/bin/asana-audit /etc/systemd/system/multi-user.target.wants/asana-audit.service || true`)
      expect(lines).toEqual(['# ours', 'enabled', '/var/lib/asana-audit', '# ours'])
    })
  })

  test('are the same, byte for byte, when they are built again', async () => {
    const again = await buildPackages(await buildExecutable(join(folder, 'asana-audit')), folder)
    expect(again.map(sha256)).toEqual([deb, rpm].map(sha256))
    const listOf = (path: string): string => readFileSync(`${path}.cdx.json`, 'utf8')
    expect(again.map(listOf)).toEqual([deb, rpm].map(listOf))
  })
})

const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')
