import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { startSimulator } from '@asana-audit/simulator'
import { expect, onTestFinished, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { bundledBin } from '../../scripts/bundle/bundled-bin.ts'
import { type PodSpec, placedPod } from '../../test/support/kubernetes/placed-pod.ts'

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

  const placed = placedPod(pod, root, (volume) => {
    if (volume.configMap) return ofKind('ConfigMap').data
    return volume.secret ? { token: 'simulator-token' } : {}
  })
  const { port } = collector.address() as AddressInfo
  const env = {
    ...placed.env,
    ASANA_WORKSPACE: asana.workspace,
    ASANA_BASE_URL: asana.url,
    COLLECTOR_URL: `http://127.0.0.1:${port}/v1/logs`,
  }
  await promisify(execFile)(process.execPath, [bundledBin, ...placed.args, '--once'], { env })
  const arrived = received.join('')
  expect(asana.events.filter(({ gid }) => !arrived.includes(gid))).toEqual([])
  const state = container.volumeMounts.find(({ name }) => name === 'state')
  expect(existsSync(join(root, state?.mountPath ?? '', 'state.db'))).toBe(true)
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
