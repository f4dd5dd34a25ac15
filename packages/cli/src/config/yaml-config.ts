import { parseDocument, visit } from 'yaml'
import * as z from 'zod'
import type { Problem } from './problem.ts'
import { readText } from './read-settings.ts'

const yamlDocument = z.strictObject({
  state: z.string().min(1).optional(),
  requests_per_minute: z.unknown().optional(),
  pipelines: z.array(z.unknown()).min(1),
})

export type YamlConfig = z.output<typeof yamlDocument>

const goodValues: Record<string, string> = {
  state: 'Give a path, for example /var/lib/asana-audit/state.db.',
  pipelines:
    'Give a list with at least one pipeline:\n      pipelines:\n        - workspace: "1234567890123456"\n          to: otlp',
}

/** Reads the file and puts environment variables in place of `${NAME}` and `${NAME:-default}` in its values. */
export function readYamlConfig(
  path: string,
  env: NodeJS.ProcessEnv,
  problems: Problem[],
): YamlConfig | undefined {
  const text = readText('--config', path, problems)
  if (text === undefined) return undefined
  const document = parseDocument(text)
  if (document.errors.length > 0) {
    for (const { message } of document.errors) {
      problems.push({ setting: path, message: `It is not YAML: ${message.split('\n')[0]}` })
    }
    return undefined
  }
  visit(document, {
    Scalar(key, node) {
      if (key === 'key' || typeof node.value !== 'string') return
      node.value = substituted(node.value, path, env, problems)
    },
  })
  const parsed = yamlDocument.safeParse(document.toJS() ?? {})
  if (parsed.success) return parsed.data
  for (const issue of parsed.error.issues) {
    const setting = issue.path.length > 0 ? `${path}: ${issue.path.join('.')}` : path
    const message =
      issue.code === 'unrecognized_keys'
        ? `There is no setting ${issue.keys.join(', ')}. Known here: state, requests_per_minute, pipelines.`
        : (goodValues[String(issue.path[0])] ?? 'Give a map with pipelines.')
    problems.push({ setting, message })
  }
  return undefined
}

function substituted(value: string, path: string, env: NodeJS.ProcessEnv, problems: Problem[]): string {
  return value.replaceAll(/\$\{(\w+)(?::-([^}]*))?\}/g, (_, name: string, fallback: string | undefined) => {
    const found = env[name] || fallback
    if (found !== undefined) return found
    problems.push({
      setting: `${path}: \${${name}}`,
      message: `The environment variable ${name} is not set.`,
    })
    return ''
  })
}
