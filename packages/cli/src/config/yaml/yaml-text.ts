import { type Alias, type Document, isNode, LineCounter, type Node, parseDocument, visit } from 'yaml'
import type { Problem } from '../../terminal/problem.ts'
import { fileLine } from './file-line.ts'
import { MisreadNumber } from './misread-number.ts'
import { ownValue } from './own-value.ts'

export interface YamlText {
  readonly document: Document
  readonly lines: LineCounter
  /** Values that contain environment variables, with the names of these. They may be secrets. */
  readonly substituted: ReadonlyMap<Node, readonly string[]>
  /** The values among them with a variable that is not set. */
  readonly unset: ReadonlySet<Node>
}

/**
 * Reads the text of a file, and replaces `${NAME}` and `${NAME:-default}` in its values with environment variables. Undefined, with the
 * problems added, if the text is not one YAML document.
 */
export function yamlText(
  text: string,
  path: string,
  env: NodeJS.ProcessEnv,
  problems: Problem[],
): YamlText | undefined {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const at = (offset = 0): string => fileLine(path, Math.max(1, lines.linePos(offset).line))
  // The rest of the settings can still be checked.
  const twice = document.errors.filter(({ code }) => code === 'DUPLICATE_KEY')
  problems.push(...twice.map(({ pos }) => givenTwice(at(pos[0]), keyAt(text, pos[0]))))
  const broken = [...document.errors.filter((error) => !twice.includes(error)), ...document.warnings].map(
    ({ code, message, pos: [start] }) => ({
      setting: at(start),
      message: text.startsWith('${', start - 1)
        ? 'Between { } or [ ], put a variable in quotes, together with its dollar sign and braces.'
        : (sentences[code] ?? `It is not YAML: ${unquoted(message)}.`),
    }),
  )
  const substituted = new Map<Node, readonly string[]>()
  const unset = new Set<Node>()
  visit(document, {
    Alias(_, alias, parents) {
      const message = aliasProblem(document, alias, parents)
      if (message !== undefined) broken.push({ setting: at(alias.range?.[0]), message })
    },
    Pair(_, { key }) {
      const wrong = ownValue(reservedKeys, String(key))
      if (wrong === undefined) return undefined
      problems.push({ setting: at(isNode(key) ? key.range?.[0] : undefined), message: wrong })
      return visit.REMOVE // So that it is reported only once.
    },
    Scalar(key, node) {
      if (key === 'key') return
      const misread = MisreadNumber.of(node)
      if (misread) node.value = misread
      if (typeof node.value !== 'string') return
      const found = withVariables(node.value, env, (name) => {
        const message = `The environment variable ${name} is not set.`
        problems.push({ setting: `${at(node.range?.[0])}: \${${name}}`, message })
        unset.add(node)
      })
      if (found !== node.value) substituted.set(node, variableNames(node.value))
      node.value = found
    },
  })
  // Further errors in the same line mostly have the same cause.
  const isFirst = ({ setting }: Problem, index: number): boolean =>
    broken.findIndex((other) => other.setting === setting) === index
  problems.push(...broken.filter(isFirst))
  return broken.length > 0 ? undefined : { document, lines, substituted, unset }
}

const sentences: Partial<Record<string, string>> = {
  MULTIPLE_DOCS: 'A second document begins here (---). Put all pipelines into one document, in one list.',
  TAG_RESOLVE_FAILED: 'A value here begins with !, which is a tag to YAML. Put it in quotes.',
  BAD_SCALAR_START:
    'A value here begins with a character that has a special meaning in YAML. Put it in quotes.',
  BLOCK_AS_IMPLICIT_KEY:
    'A value here contains a colon and a space, or a setting is indented too far. Put the value in quotes, or correct the indentation.',
}

/** Keys with a special meaning in JavaScript or YAML. They are never settings. */
const reservedKeys: Record<string, string> = Object.fromEntries([
  ['__proto__', '__proto__ is not a setting. Leave it out.'],
  ['<<', 'Merging maps (<<) is not supported. Write the settings out.'],
])

/** The key as it was written. The error contains only its position. */
function keyAt(text: string, offset: number): string {
  return /^["']?([^\s"':]*)/.exec(text.slice(offset))?.[1] ?? ''
}

function givenTwice(line: string, key: string): Problem {
  return { setting: `${line}: ${key}`, message: 'This setting is given twice. Keep one of them.' }
}

/** The message without the text it quotes, which may be a secret. */
function unquoted(message: string): string {
  return message.replace(/( in YAML stream)?: ".*$/s, '').replace(/[\s:.]+$/, '')
}

/** The problem of an alias. Does not quote its name: a password may begin with *. */
function aliasProblem(document: Document, alias: Alias, parents: readonly unknown[]): string | undefined {
  const quotes = 'Put a text that begins with * in quotes, for example event_type: "*_deleted".'
  const meant = alias.resolve(document)
  if (meant === undefined) return `An alias here has no anchor. ${quotes}`
  if (!parents.includes(meant)) return undefined
  return `An alias here refers to the value that contains it. Write the value out. ${quotes}`
}

const variable = /\$\{(\w+)(?::-([^}]*))?\}/g

function variableNames(value: string): string[] {
  return [...value.matchAll(variable)].map(([, name]) => name as string)
}

function withVariables(value: string, env: NodeJS.ProcessEnv, unset: (name: string) => void): string {
  return value.replaceAll(variable, (_, name: string, fallback: string | undefined) => {
    const found = ownValue(env, name) || fallback
    if (found === undefined) unset(name)
    return found ?? ''
  })
}
