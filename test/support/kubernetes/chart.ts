import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parseAllDocuments } from 'yaml'
import {
  type KubernetesTool,
  kubernetesTool,
  kubernetesVersion,
} from '../../../scripts/kubernetes/location.ts'
import { repository } from '../release/packed-packages.ts'

export const chart: string = join(repository, 'deploy/helm/asana-audit')

/** Files with values, one for each way to use the chart. */
export const examples: readonly string[] = readdirSync(join(chart, 'ci')).toSorted()
export const pathOf = (example: string): string => join(chart, 'ci', example)

export interface Resource {
  readonly kind: string
  // biome-ignore lint/suspicious/noExplicitAny: any resource of Kubernetes
  readonly [field: string]: any
}

export function requireKubernetesTool(name: KubernetesTool): string {
  const path = kubernetesTool(name, process.env)
  if (!path) throw new Error(`There is no ${name}: run \`pnpm setup:kubernetes\`, or set KUBERNETES_TOOLS.`)
  return path
}

export async function helm(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(requireKubernetesTool('helm'), args)
  return stdout
}

/** The manifest that the chart makes of one of the examples. */
export function template(example: string, ...args: readonly string[]): Promise<string> {
  const values = ['--kube-version', kubernetesVersion, '--values', pathOf(example)]
  return helm('template', 'asana-audit', chart, ...values, ...args)
}

export async function rendered(example: string, ...args: readonly string[]): Promise<Resource[]> {
  return documents(await template(example, ...args))
}

export const documents = (manifest: string): Resource[] =>
  parseAllDocuments(manifest).map((document) => document.toJS() as Resource)

export function only(resources: readonly Resource[], kind: string): Resource {
  const [found, ...more] = resources.filter((one) => one.kind === kind)
  if (!found || more.length > 0) throw new Error(`There are ${more.length + (found ? 1 : 0)} of ${kind}.`)
  return found
}
