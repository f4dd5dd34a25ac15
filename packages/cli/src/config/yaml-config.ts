import { readFileSync } from 'node:fs'
import { type Document, LineCounter, parseDocument, visit } from 'yaml'
import * as z from 'zod'
import type { Problem } from './problem.ts'

const yamlDocument = z.strictObject({
  state: z.string().min(1).optional(),
  requests_per_minute: z.unknown().optional(),
  pipelines: z.array(z.unknown()).min(1),
})

export type YamlConfig = z.output<typeof yamlDocument>

const goodValues: Record<string, string> = {
  state: 'Give a path, for example /var/lib/asana-audit/state.db.',
  pipelines:
    'Give a list with at least one pipeline, for example pipelines: [{ workspace: "1234567890123456", to: otlp }].',
}

/** Reads the file and puts environment variables in place of `${NAME}` and `${NAME:-default}` in its values. */
export function readYamlConfig(
  path: string,
  env: NodeJS.ProcessEnv,
  problems: Problem[],
): YamlConfig | undefined {
  const text = readText(path, problems)
  if (text === undefined) return undefined
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  if (document.errors.length > 0) {
    for (const { message } of document.errors) {
      problems.push({ setting: path, message: `It is not YAML: ${message.split('\n')[0]}` })
    }
    return undefined
  }
  const unresolved: number[] = []
  visit(document, {
    Alias(_, node) {
      if (node.resolve(document) === undefined) unresolved.push(lines.linePos(node.range?.[0] ?? 0).line)
    },
    Scalar(key, node) {
      if (key === 'key' || typeof node.value !== 'string') return
      node.value = substituted(node.value, path, env, problems)
    },
  })
  for (const line of unresolved) {
    // Without its name: a password may begin with *.
    problems.push({
      setting: path,
      message: `Line ${line} has an alias of an anchor that is not there. ${quoted}`,
    })
  }
  const data = unresolved.length > 0 ? undefined : asData(document, path, problems)
  if (data === undefined) return undefined
  const parsed = yamlDocument.safeParse(data)
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

const quoted = 'Put a text that begins with * in quotes, for example event_type: "*_deleted".'

function asData(document: Document, path: string, problems: Problem[]): unknown {
  try {
    return document.toJS() ?? {}
  } catch (error) {
    // What aliases can be wrong in is thrown, not in the list of errors.
    if (!(error instanceof ReferenceError)) throw error
    problems.push({ setting: path, message: `It has too many aliases (*name). Write them out. ${quoted}` })
    return undefined
  }
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

/** With its path: where settings are is no secret. */
function readText(path: string, problems: Problem[]): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const code = (error as { code?: string }).code ?? 'no code'
    problems.push({
      setting: '--config',
      message: `${path} cannot be read (${code}). Name a file that can.`,
    })
    return undefined
  }
}
