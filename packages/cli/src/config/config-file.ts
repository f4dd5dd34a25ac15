import type { Problem } from '../terminal/problem.ts'
import type { YamlConfig } from './yaml/yaml-config.ts'

/** What the file of `--config` says; undefined without one, or if it cannot be read. YAML is loaded only for a file. */
export async function readConfigFile(
  { config }: { readonly config?: string | undefined },
  env: NodeJS.ProcessEnv,
  problems: Problem[],
): Promise<YamlConfig | undefined> {
  if (config === undefined) return undefined
  const { readYamlConfig } = await import('./yaml/yaml-config.ts')
  return readYamlConfig(config, env, problems)
}
