import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { containerConfig } from '../../scripts/image/image-config.ts'
import { imageUser } from '../../scripts/image/image-files.ts'
import { artifactFolder, version } from '../../scripts/release/artifacts.ts'
import { startReceiver } from '../support/otlp/otlp-receiver.ts'
import { runPlatformCommands } from '../support/pages/platform-commands.ts'
import { readListOfParts } from '../support/release/list-of-parts.ts'
import { repository } from '../support/release/packed-packages.ts'
import { describeRelease } from '../support/release/release-suite.ts'
import { loginEvent, startAsana } from '../support/servers/asana-server.ts'

const execute = promisify(execFile)

describeRelease('the image', (folder) => {
  const layout = join(artifactFolder(), 'image')
  const rootfs = join(folder, 'bundle/rootfs')
  let said = ''
  beforeAll(async () => {
    said = await runPlatformCommands('As an image, without Docker.', { replace: ['/srv', folder] })
    await execute('umoci', ['unpack', '--image', `${layout}:${version}`, join(folder, 'bundle')])
  })

  const blobs = join(layout, 'blobs/sha256')

  test('is at most 60 MB, compressed', () => {
    const sizes = readdirSync(blobs).map((name) => statSync(join(blobs, name)).size)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(60e6)
  })

  test('runs as a user without rights, delivers what Asana shows, and says that it is healthy', async () => {
    const asana = await startAsana({ events: [1, 2, 3].map((number) => loginEvent(number)) })
    const receiver = await startReceiver()
    const user = `--userspec=${imageUser}:${imageUser}`
    const env = {
      ...Object.fromEntries(containerConfig.Env.map((one) => one.split('=') as [string, string])),
      ...asana.env,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.origin,
    }
    const program = ['/usr/sbin/chroot', user, rootfs, ...containerConfig.Entrypoint] as const
    const [chroot, ...before] = program
    const child = spawn(chroot, [...before, 'run', '--to', 'otlp'], { env, stdio: 'ignore' })
    onTestFinished(() => void child.kill('SIGKILL'))
    await vi.waitFor(() => expect(receiver.accepted.flat()).toHaveLength(3), { timeout: 200_000 })
    const [, , ...health] = containerConfig.Healthcheck.Test
    await vi.waitFor(() => execute(chroot, [...before, ...health], { env }), { timeout: 200_000 })
    const closed = once(child, 'exit')
    child.kill('SIGTERM')
    expect(await closed).toEqual([0, null])
    expect(statSync(join(rootfs, 'var/lib/asana-audit/state.db')).uid).toBe(imageUser)
  })

  test('lets its user write the state and /tmp only', async () => {
    const writable = ['(', '-user', String(imageUser), '-o', '-perm', '/o+w', ')', '-type', 'd']
    const { stdout } = await execute('find', [rootfs, ...writable, '-printf', '%P\\n'])
    expect(stdout.trimEnd().split('\n').sort()).toEqual(['tmp', 'var/lib/asana-audit'])
  })

  test('has a config that tools read, and the licences of what is in it', async () => {
    const { stdout } = await execute('skopeo', ['inspect', '--config', `oci:${layout}:${version}`])
    expect(JSON.parse(stdout)).toMatchObject({
      os: 'linux',
      config: { User: '1000', Entrypoint: ['asana-audit'], Labels: containerConfig.Labels },
    })
    expect(readdirSync(join(rootfs, 'usr/share/doc'))).toEqual(
      expect.arrayContaining(['asana-audit', 'libc6', 'libstdc++6']),
    )
  })

  test('has a list of its parts, with the C libraries and the certificates of the machine that built it', async () => {
    const { metadata, components = [] } = await readListOfParts(`${layout}.cdx.json`)
    expect(said).toContain(`sha256:${metadata.component.hashes[0].content}`)
    for (const name of ['ca-certificates', 'libc6', 'libgcc-s1', 'libstdc++6']) {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a field of dpkg
      const query = ['--show', '--showformat', '${Version}', name]
      const { stdout: installed } = await execute('dpkg-query', query)
      expect(components).toContainEqual(expect.objectContaining({ name, version: installed }))
    }
    expect(components.map(({ name }) => name)).toEqual(expect.arrayContaining(['node', 'undici']))
  })

  test('has the same digest when it is built again', async () => {
    const list = readFileSync(`${layout}.cdx.json`, 'utf8')
    const digest = /sha256:[0-9a-f]{64}/.exec(said)?.[0]
    const { stdout } = await execute(process.execPath, ['scripts/build/image.ts'], { cwd: repository })
    expect(stdout).toContain(digest)
    expect(readFileSync(`${layout}.cdx.json`, 'utf8')).toBe(list)
    expect(digest).toMatch(/^sha256:/)
  })
})
