import { type Alias, type Document, isNode, LineCounter, type Node, parseDocument, visit } from 'yaml'
import { MisreadNumber } from './misread-number.ts'
import { ownValue } from './own-value.ts'
import type { Problem } from './problem.ts'

export interface YamlText {
  readonly document: Document
  readonly lines: LineCounter
  /** Values that variables of the environment were put into: they may be secrets. */
  readonly substituted: ReadonlySet<Node>
}

/**
 * Reads the text of a file, with environment variables in place of `${NAME}` and `${NAME:-default}` in its values. Undefined, with
 * its problems added, for what is not one document of YAML.
 */
export function yamlText(
  text: string,
  path: string,
  env: NodeJS.ProcessEnv,
  problems: Problem[],
): YamlText | undefined {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const at = (offset = 0): string => `${path}, line ${Math.max(1, lines.linePos(offset).line)}`
  const broken = [...document.errors, ...document.warnings].map(({ code, message, pos }) => ({
    setting: at(pos[0]),
    message: sentences[code] ?? `It is not YAML: ${unquoted(message)}.`,
  }))
  const substituted = new Set<Node>()
  visit(document, {
    Alias(_, alias, parents) {
      const message = aliasProblem(document, alias, parents)
      if (message !== undefined) broken.push({ setting: at(alias.range?.[0]), message })
    },
    Pair(_, { key }) {
      if (String(key) !== '__proto__') return
      const message = 'There is no setting __proto__. Leave it out.'
      problems.push({ setting: at(isNode(key) ? key.range?.[0] : undefined), message })
    },
    Scalar(key, node) {
      if (key === 'key') return
      const misread = MisreadNumber.of(node)
      if (misread) node.value = misread
      if (typeof node.value !== 'string') return
      const found = withVariables(node.value, env, (name) => {
        const message = `The environment variable ${name} is not set.`
        problems.push({ setting: `${at(node.range?.[0])}: \${${name}}`, message })
      })
      if (found !== node.value) substituted.add(node)
      node.value = found
    },
  })
  // What follows a mistake in its line is mostly the same once more.
  const isFirst = ({ setting }: Problem, index: number): boolean =>
    broken.findIndex((other) => other.setting === setting) === index
  problems.push(...broken.filter(isFirst))
  return broken.length > 0 ? undefined : { document, lines, substituted }
}

const sentences: Partial<Record<string, string>> = {
  MULTIPLE_DOCS: 'Here a second document begins (---). Put all pipelines into one, in one list.',
  TAG_RESOLVE_FAILED: 'A value here begins with !, which is a tag to YAML. Put it in quotes.',
  BAD_SCALAR_START: 'A value here begins with a sign that means something else in YAML. Put it in quotes.',
  DUPLICATE_KEY: 'This setting is given twice. Keep one of them.',
}

/** Without the text it is about, which may be a secret. */
function unquoted(message: string): string {
  return message.replace(/( in YAML stream)?: ".*$/s, '').replace(/[\s:.]+$/, '')
}

/** What is wrong with an alias. Without its name: a password may begin with *. */
function aliasProblem(document: Document, alias: Alias, parents: readonly unknown[]): string | undefined {
  const quotes = 'Put a text that begins with * in quotes, for example event_type: "*_deleted".'
  const meant = alias.resolve(document)
  if (meant === undefined) return `Here is an alias of an anchor that is not there. ${quotes}`
  if (!parents.includes(meant)) return undefined
  return `Here is an alias of the very value it is in, which has no end. Write it out. ${quotes}`
}

function withVariables(value: string, env: NodeJS.ProcessEnv, unset: (name: string) => void): string {
  return value.replaceAll(/\$\{(\w+)(?::-([^}]*))?\}/g, (_, name: string, fallback: string | undefined) => {
    const found = ownValue(env, name) || fallback
    if (found === undefined) unset(name)
    return found ?? ''
  })
}
