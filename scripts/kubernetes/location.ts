import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cachedPath } from '../setup/parts/cached-path.ts'

/** The Go modules that `pnpm setup:kubernetes` makes programs and schemas of. */
export const modules = {
  helm: 'helm.sh/helm/v3/cmd/helm@v3.22.0',
  kubeconform: 'github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0',
  kubernetes: 'k8s.io/kubernetes@v1.34.2',
  prometheusOperator: 'github.com/prometheus-operator/prometheus-operator@v0.85.0',
} as const

/** The version of Kubernetes that the chart is checked against. */
export const kubernetesVersion: string = modules.kubernetes.replace(/.*@v/, '')

/** The package of Debian with the database of the API server. */
export const etcdPackage = 'etcd-server'

/** What each program that the tests of the chart start is made of. */
const madeOf = {
  helm: modules.helm,
  kubeconform: modules.kubeconform,
  etcd: etcdPackage,
  'kube-apiserver': modules.kubernetes,
} as const

export type KubernetesTool = keyof typeof madeOf

export const kubernetesTools: readonly KubernetesTool[] = Object.keys(madeOf) as KubernetesTool[]

/** The folder that `pnpm setup:kubernetes` makes for a program. Another version has another one. */
export function programFolder(name: KubernetesTool, env: NodeJS.ProcessEnv): string {
  return cachedPath(name, madeOf[name], env)
}

/** The program in its folder. Debian's are where a machine would have them. */
function builtProgram(name: KubernetesTool, env: NodeJS.ProcessEnv): string {
  return join(programFolder(name, env), name === 'etcd' ? 'usr/bin' : '', name)
}

/** The folder of the JSON Schemas, one for each kind, with the definition of ServiceMonitor. */
export function kubernetesSchemas(env: NodeJS.ProcessEnv): string {
  return cachedPath(
    'kubernetes-schemas',
    `${modules.kubernetes} ${modules.prometheusOperator} with its definition`,
    env,
  )
}

/** In that folder, what makes a server know ServiceMonitors. */
export const serviceMonitorsIn = (folder: string): string => join(folder, 'servicemonitors.yaml')

/** A program: of the folder `KUBERNETES_TOOLS`, or one that was built. Undefined if there is none. */
export function kubernetesTool(name: KubernetesTool, env: NodeJS.ProcessEnv): string | undefined {
  const folder = env['KUBERNETES_TOOLS']
  const path = folder ? join(folder, name) : builtProgram(name, env)
  return existsSync(path) ? path : undefined
}
