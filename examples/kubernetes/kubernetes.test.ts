import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { startSimulator } from '@asana-audit/simulator'
import { expect, onTestFinished, test } from 'vitest'
import { parseAllDocuments } from 'yaml'

const bin = join(import.meta.dirname, '../../packages/cli/src/bin.ts')

interface Mount {
  readonly name: string
  readonly mountPath: string
  readonly subPath?: string
}
interface PodSpec {
  readonly containers: readonly [
    {
      readonly args: readonly string[]
      readonly env: readonly { readonly name: string; readonly value: string }[]
      readonly volumeMounts: readonly Mount[]
    },
  ]
  readonly volumes: readonly {
    readonly name: string
    readonly configMap?: { readonly name: string }
    readonly secret?: { readonly secretName: string }
    readonly persistentVolumeClaim?: { readonly claimName: string }
  }[]
}

const manifest = parseAllDocuments(readFileSync(join(import.meta.dirname, 'asana-audit.yaml'), 'utf8')).map(
  (document) => document.toJS(),
)
const ofKind = (kind: string) => manifest.find((one) => one.kind === kind)
const deployment = ofKind('Deployment')
const pod: PodSpec = deployment.spec.template.spec
const [container] = pod.containers

test('the Deployment delivers everything with its own arguments, settings and mounts, and keeps its state on the volume', async () => {
  const asana = await startSimulator({ events: 800 })
  onTestFinished(() => asana.close())
  const received: string[] = []
  const collector = createServer(async (request, response) => {
    received.push(gunzipSync(Buffer.concat(await request.toArray())).toString('latin1'))
    response.writeHead(200, { 'content-type': request.headers['content-type'] }).end()
  })
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void collector.close())
  const root = mkdtempSync(join(tmpdir(), 'asana-audit-kubernetes-'))
  onTestFinished(() => rmSync(root, { recursive: true }))

  for (const { name, mountPath } of container.volumeMounts) {
    const folder = join(root, mountPath)
    mkdirSync(folder, { recursive: true })
    const volume = pod.volumes.find((one) => one.name === name)
    if (volume?.configMap) {
      for (const [file, text] of Object.entries<string>(ofKind('ConfigMap').data)) {
        writeFileSync(join(folder, file), text)
      }
    }
    if (volume?.secret) writeFileSync(join(folder, 'token'), 'simulator-token')
  }
  const { port } = collector.address() as AddressInfo
  const env = {
    ...Object.fromEntries(container.env.map(({ name, value }) => [name, placed(value)])),
    ASANA_WORKSPACE: asana.workspace,
    ASANA_BASE_URL: asana.url,
    COLLECTOR_URL: `http://127.0.0.1:${port}/v1/logs`,
  }
  await promisify(execFile)(process.execPath, [bin, ...container.args.map(placed), '--once'], { env })
  const arrived = received.join('')
  expect(asana.events.filter(({ gid }) => !arrived.includes(gid))).toEqual([])
  const state = container.volumeMounts.find(({ name }) => name === 'state')
  expect(existsSync(join(root, state?.mountPath ?? '', 'state.db'))).toBe(true)

  /** As the container sees it. */
  function placed(text: string): string {
    return container.volumeMounts.some(({ mountPath }) => text.startsWith(`${mountPath}/`))
      ? join(root, text)
      : text
  }
})

test('there is one replica at a time, each volume is there, and the token is mounted as a folder', () => {
  expect(deployment.spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } })
  expect(pod.volumes.map(({ name }) => name).toSorted()).toEqual(
    container.volumeMounts.map(({ name }) => name).toSorted(),
  )
  const named = (kind: string): string => ofKind(kind).metadata.name
  expect(pod.volumes.find(({ configMap }) => configMap)?.configMap?.name).toBe(named('ConfigMap'))
  expect(
    pod.volumes.find(({ persistentVolumeClaim: claim }) => claim)?.persistentVolumeClaim?.claimName,
  ).toBe(named('PersistentVolumeClaim'))
  expect(container.volumeMounts.filter(({ subPath }) => subPath !== undefined)).toEqual([])
})
