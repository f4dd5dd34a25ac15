import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { kubernetesSchemas } from '../../scripts/kubernetes/location.ts'
import { logLines, startCommand, temporaryFolder } from '../support/commands/run-command.ts'
import {
  chart,
  documents,
  examples,
  helm,
  only,
  pathOf,
  type Resource,
  rendered,
  requireKubernetesTool,
  template,
} from '../support/kubernetes/chart.ts'
import { type Mount, placedPod } from '../support/kubernetes/placed-pod.ts'
import { startReceiver } from '../support/otlp/otlp-receiver.ts'
import { runPlatformCommands } from '../support/pages/platform-commands.ts'
import { describeRelease } from '../support/release/release-suite.ts'
import { loginEvent, startAsana, token } from '../support/servers/asana-server.ts'

const [everything, existing, otlp] = examples as [string, string, string]

describeRelease('the chart', (folder) => {
  test.each(examples)('helm lint --strict accepts %s', async (values) => {
    expect(await helm('lint', '--strict', chart, '--values', pathOf(values))).toContain('0 chart(s) failed')
  })

  test('without values, everything that is missing is named at once', async () => {
    const refused = await helm('template', chart).catch(said)
    for (const missing of ['/image/repository', '/token/existingSecret', '/listen', '/settings'])
      expect(refused).toContain(missing)
  })

  test('a gid without quotes is refused, and --set-string keeps it', async () => {
    const gid = 'settings.pipelines[0].workspace=1209000033493106'
    expect(await rendered(otlp, '--set', gid).catch(said)).toContain(
      `at '/settings/pipelines/0/workspace': got number, want string`,
    )
    const settings = settingsOf(await rendered(otlp, '--set-string', gid))
    expect(settings.pipelines[0].workspace).toBe('1209000033493106')
  })

  test('a value that the chart does not know, and settings in two places, are refused', async () => {
    expect(await rendered(otlp, '--set', 'replicas=2').catch(said)).toContain(`'replicas' not allowed`)
    expect(await rendered(otlp, '--set', 'existingConfigMap=ours').catch(said)).toContain("'oneOf' failed")
    expect(await rendered(otlp, '--set', 'listen.withoutToken=true').catch(said)).toContain('/listen')
  })

  test.each(examples)('every resource of %s has only fields that Kubernetes knows', async (values) => {
    const manifest = await template(values)
    const { resources, summary } = await kubeconform(manifest)
    expect(resources).toEqual([])
    expect(summary).toMatchObject({ valid: documents(manifest).length, invalid: 0, errors: 0, skipped: 0 })
  })

  test('a field with a mistake would be found, in Kubernetes and in the ServiceMonitor', async () => {
    const manifest = await template(everything)
    for (const [right, wrong] of [
      ['readinessProbe:', 'readynessProbe:'],
      ['interval:', 'intervall:'],
    ] as const) {
      const { resources } = await kubeconform(manifest.replace(right, wrong))
      expect(resources).toMatchObject([{ msg: expect.stringContaining(wrong.slice(0, -1)) }])
    }
  })

  test('there is never a second Pod on the state, and its claim outlives the release', async () => {
    const { spec } = only(await rendered(otlp), 'StatefulSet')
    expect(spec).toMatchObject({ replicas: 1, podManagementPolicy: 'Parallel' })
    expect(spec.volumeClaimTemplates).toMatchObject([
      { metadata: { name: 'state' }, spec: { accessModes: ['ReadWriteOnce'] } },
    ])
    const { spec: other } = only(await rendered(everything), 'StatefulSet')
    expect(other.volumeClaimTemplates).toBeUndefined()
    expect(other.template.spec.volumes).toContainEqual({
      name: 'state',
      persistentVolumeClaim: { claimName: 'asana-audit-state' },
    })
  })

  test.each(examples)('the Pod of %s keeps to the standard "restricted" of PodSecurity', async (values) => {
    const { spec } = only(await rendered(values), 'StatefulSet').spec.template
    expect(spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    })
    expect(spec.containers.map((one: Resource) => one['securityContext'])).toEqual([
      { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    ])
    for (const field of ['hostNetwork', 'hostPID', 'hostIPC', 'initContainers'])
      expect(spec[field]).toBeUndefined()
    const kinds = spec.volumes.flatMap(({ name, ...kind }: Mount) => Object.keys(kind))
    expect(kinds.filter((kind: string) => !allowedVolumes.has(kind))).toEqual([])
  })

  test.each(examples)(
    'every mount of %s has its volume, and no Secret is mounted as one file',
    async (values) => {
      const { template: pod, volumeClaimTemplates: claims = [] } = only(
        await rendered(values),
        'StatefulSet',
      ).spec
      const mounts: readonly Mount[] = pod.spec.containers[0].volumeMounts
      const volumes = [...pod.spec.volumes, ...claims.map(({ metadata }: Resource) => metadata)]
      expect(mounts.map(({ name }) => name).toSorted()).toEqual(volumes.map(({ name }) => name).toSorted())
      expect(mounts.filter(({ subPath }) => subPath !== undefined)).toEqual([])
    },
  )

  test.each(examples)('what selects the Pod of %s finds it', async (values) => {
    const resources = await rendered(values)
    const pod = only(resources, 'StatefulSet').spec.template.metadata.labels
    const service = only(resources, 'Service')
    const selectors = resources.flatMap(({ kind, spec }) => {
      if (kind === 'ServiceMonitor' || kind === 'ConfigMap') return []
      return kind === 'Service' ? [spec.selector] : [(spec.selector ?? spec.podSelector).matchLabels]
    })
    for (const selector of selectors) expect(pod).toMatchObject(selector)
    const monitor = resources.find(({ kind }) => kind === 'ServiceMonitor')
    if (monitor) expect(service['metadata'].labels).toMatchObject(monitor['spec'].selector.matchLabels)
  })

  test('other settings start the Pod again; with a ConfigMap of the user, that is for the user', async () => {
    const annotations = async (...args: [string, ...string[]]) =>
      only(await rendered(...args), 'StatefulSet').spec.template.metadata.annotations
    const before = await annotations(otlp)
    expect(before['checksum/settings']).toMatch(/^[0-9a-f]{64}$/)
    expect(await annotations(otlp, '--set', 'settings.requests_per_minute=60')).not.toEqual(before)
    expect(await annotations(otlp, '--set', 'resources.requests.cpu=1')).toEqual(before)
    expect(await annotations(existing)).toBeUndefined()
  })

  test('only DNS, HTTPS and the named destinations are let out, and only the named readers in', async () => {
    const { spec } = only(await rendered(everything), 'NetworkPolicy')
    const ports = (rules: readonly Resource[]): unknown[] =>
      rules.flatMap(({ ports: some }) => some.map(({ port }: { port: unknown }) => port))
    expect(spec.policyTypes).toEqual(['Ingress', 'Egress'])
    expect(ports(spec.egress)).toEqual([53, 53, 443, 4318])
    expect(ports(spec.ingress)).toEqual(['http'])
    expect(spec.ingress[0].from).toHaveLength(1)
  })

  test('the Pod delivers what Asana shows, its probes answer, and the ServiceMonitor has the token that it needs', async () => {
    const asana = await startAsana({ events: [1, 2, 3].map((number) => loginEvent(number)) })
    const receiver = await startReceiver()
    const values = join(folder, 'pipeline.json')
    const endpoint = `${receiver.origin}/v1/logs`
    const pipeline = {
      name: 'audit',
      workspace: asana.env['ASANA_WORKSPACE'],
      base_url: asana.baseUrl,
      to: { otlp: { endpoint } },
    }
    writeFileSync(values, JSON.stringify({ settings: { pipelines: [pipeline] } }))
    const resources = await rendered(otlp, '--values', values, '--set', 'serviceMonitor.enabled=true')
    const { spec: pod } = only(resources, 'StatefulSet').spec.template
    const secrets: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      'asana-audit-token': { token },
      'asana-audit-listen': { token: 'a-token-for-scrapers' },
    }
    const { args, env } = placedPod(pod, temporaryFolder(), ({ configMap, secret }) =>
      configMap ? only(resources, 'ConfigMap')['data'] : (secrets[secret?.secretName ?? ''] ?? {}),
    )
    const command = startCommand(
      args.map((arg) => (arg === '0.0.0.0:9464' ? '127.0.0.1:0' : arg)),
      { env },
    )
    const started = (): unknown => logLines(command.stderr())[0]?.['statusPage']
    await vi.waitFor(() => expect(started()).toBeDefined(), { timeout: 200_000 })
    const url = String(started())
    await vi.waitFor(() => expect(receiver.accepted.flat()).toHaveLength(3), { timeout: 200_000 })
    const [{ livenessProbe, readinessProbe }] = pod.containers
    for (const { httpGet } of [livenessProbe, readinessProbe])
      expect((await fetch(new URL(httpGet.path, url))).status).toBe(200)
    const [endpointOf] = only(resources, 'ServiceMonitor').spec.endpoints
    const { name, key } = endpointOf.authorization.credentials
    const metrics = new URL(endpointOf.path, url)
    const headers = { authorization: `${endpointOf.authorization.type} ${secrets[name]?.[key]}` }
    expect((await fetch(metrics)).status).toBe(401)
    expect(await (await fetch(metrics, { headers })).text()).toContain('asana_audit_')
  })

  test('is packed and rendered as the page for platform teams says', async () => {
    const path = dirname(requireKubernetesTool('helm'))
    const said = await runPlatformCommands('In Kubernetes, with Helm.', { replace: ['/srv', folder], path })
    expect(said).toContain('0 chart(s) failed')
    const made = readFileSync(join(folder, 'asana-audit.yaml'), 'utf8')
    expect(only(documents(made), 'StatefulSet').metadata.name).toBe('audit-asana-audit')
    expect((await kubeconform(made)).summary).toMatchObject({ invalid: 0, errors: 0, skipped: 0 })
  })
})

/** The volumes that the standard "restricted" allows, of those that charts use. */
const allowedVolumes = new Set(['configMap', 'emptyDir', 'persistentVolumeClaim', 'projected', 'secret'])

const said = ({ stderr }: { stderr: string }): string => stderr

const settingsOf = (resources: readonly Resource[]) =>
  parse(only(resources, 'ConfigMap')['data']['asana-audit.yaml'])

interface Judgement {
  /** Of resources that are not valid. */
  readonly resources: readonly { readonly msg: string }[]
  readonly summary: Readonly<Record<'valid' | 'invalid' | 'errors' | 'skipped', number>>
}

async function kubeconform(manifest: string): Promise<Judgement> {
  const file = join(temporaryFolder(), 'manifest.yaml')
  writeFileSync(file, manifest)
  const schemas = `${kubernetesSchemas(process.env)}/{{.ResourceKind}}{{.KindSuffix}}.json`
  const args = ['-strict', '-summary', '-output', 'json', '-schema-location', schemas, file]
  const { stdout } = await promisify(execFile)(requireKubernetesTool('kubeconform'), args).catch(
    (error: { stdout: string; stderr: string }) => error,
  )
  return JSON.parse(stdout) as Judgement
}
