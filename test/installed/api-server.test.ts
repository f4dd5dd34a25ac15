import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { kubernetesSchemas, kubernetesVersion, serviceMonitorsIn } from '../../scripts/kubernetes/location.ts'
import { type ApiAnswer, type ApiServer, startApiServer } from '../support/kubernetes/api-server.ts'
import { examples, only, type Resource, rendered } from '../support/kubernetes/chart.ts'
import { describeRelease } from '../support/release/release-suite.ts'

const namespace = 'audit'

/** Where a kind of resource is created. */
const paths: Readonly<Record<string, string>> = {
  ConfigMap: `/api/v1/namespaces/${namespace}/configmaps`,
  PersistentVolumeClaim: `/api/v1/namespaces/${namespace}/persistentvolumeclaims`,
  Pod: `/api/v1/namespaces/${namespace}/pods`,
  Service: `/api/v1/namespaces/${namespace}/services`,
  StatefulSet: `/apis/apps/v1/namespaces/${namespace}/statefulsets`,
  NetworkPolicy: `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`,
  PodDisruptionBudget: `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`,
  ServiceMonitor: `/apis/monitoring.coreos.com/v1/namespaces/${namespace}/servicemonitors`,
}

describeRelease('the chart on an API server', (folder) => {
  let server: ApiServer
  beforeAll(async () => {
    server = await startApiServer(folder)
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' }
    await made('/api/v1/namespaces', { kind: 'Namespace', metadata: { name: namespace, labels } })
    // On a cluster, a controller makes it.
    await made(`/api/v1/namespaces/${namespace}/serviceaccounts`, {
      kind: 'ServiceAccount',
      metadata: { name: 'default' },
    })
    const monitors = parse(readFileSync(serviceMonitorsIn(kubernetesSchemas(process.env)), 'utf8'))
    await made('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', monitors)
    const served = async (): Promise<void> =>
      expect((await server.get(paths['ServiceMonitor'] ?? '')).status).toBe(200)
    await vi.waitFor(served, { timeout: 200_000 })
  })
  afterAll(() => server.stop())

  async function made(path: string, resource: object): Promise<void> {
    const { status, body } = await server.create(path, resource)
    if (status !== 201) throw new Error(JSON.stringify(body))
  }

  function dryRun(resource: Resource): Promise<ApiAnswer> {
    const path = paths[resource.kind]
    if (path === undefined) throw new Error(`This test does not know where a ${resource.kind} is created.`)
    return server.create(path, resource, { dryRun: true })
  }

  test('says the version that the schemas are of', async () => {
    expect((await server.get('/version')).body.gitVersion).toBe(`v${kubernetesVersion}`)
  })

  test.each(examples)('takes every resource of %s, and the Pod that it leads to', async (values) => {
    const resources = await rendered(values)
    for (const resource of [...resources, ...madeByController(only(resources, 'StatefulSet'))]) {
      const { status, body } = await dryRun(resource)
      expect({ kind: resource.kind, status, message: body.message }).toEqual({
        kind: resource.kind,
        status: 201,
        message: undefined,
      })
    }
    expect((await server.get(paths['StatefulSet'] ?? '')).body.items).toEqual([])
  })

  test.each([
    ['an unknown field', 400, 'unknown field', (pod: Resource) => ({ ...pod, spek: {} })],
    [
      'a mount without its volume',
      422,
      'volumeMounts',
      (pod: Resource) => ({ ...pod, spec: { ...pod['spec'], volumes: [] } }),
    ],
    [
      'a container that may run as root',
      403,
      'violates PodSecurity "restricted',
      (pod: Resource) => ({ ...pod, spec: { ...pod['spec'], securityContext: {} } }),
    ],
  ])('would refuse a Pod with %s', async (_, status, message, change) => {
    const [example = ''] = examples
    const pod = only(madeByController(only(await rendered(example), 'StatefulSet')), 'Pod')
    const refused = await dryRun(change(pod))
    expect(refused).toMatchObject({ status, body: { message: expect.stringContaining(message) } })
  })
})

/** What the controller of StatefulSets makes of one, as it does it: the claims, and a Pod with them as volumes. */
function madeByController({ metadata, spec }: Resource): Resource[] {
  const pod = `${metadata.name}-0`
  const claims = ((spec.volumeClaimTemplates ?? []) as Resource[]).map((claim) => ({
    ...claim,
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { ...claim['metadata'], name: `${claim['metadata'].name}-${pod}` },
    template: claim['metadata'].name as string,
  }))
  const volumes = claims.map(({ template, metadata: { name } }) => ({
    name: template,
    persistentVolumeClaim: { claimName: name },
  }))
  const { template } = spec
  return [
    ...claims.map(({ template: _, ...claim }) => claim),
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...template.metadata, name: pod },
      spec: { ...template.spec, volumes: [...(template.spec.volumes ?? []), ...volumes] },
    },
  ]
}
