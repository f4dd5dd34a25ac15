import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node } from 'yaml'

/** A setting in a file: where it was written, and its value. */
export interface YamlPlace {
  readonly line: number
  /** Undefined where it is not written. */
  readonly node: Node | undefined
}

/**
 * Finds a setting by its dotted path, such as `pipelines[0].fields.actor.email`; one that is not there is at the line of what it
 * is missing in.
 */
export function yamlPlace(document: Document, lines: LineCounter, path: string): YamlPlace {
  let node = resolved(document, document.contents)
  let at = node
  let rest = path
  while (rest !== '') {
    const step = stepInto(node, rest)
    if (!step) return { line: lineOf(lines, at), node: undefined }
    at = step.at
    node = resolved(document, step.value)
    rest = step.rest
  }
  return { line: lineOf(lines, at), node }
}

interface Step {
  /** What the step is seen at. */
  readonly at: Node | undefined
  readonly value: unknown
  readonly rest: string
}

function stepInto(node: Node | undefined, path: string): Step | undefined {
  if (isSeq(node)) {
    const [all = '', index] = /^\[(\d+)\]\.?/.exec(path) ?? []
    const item = node.items[Number(index)] as Node | undefined
    return item && { at: item, value: item, rest: path.slice(all.length) }
  }
  if (!isMap(node)) return undefined
  // Keys may hold dots themselves: the longest that fits is meant.
  const fitting = node.items
    .map(({ key, value }) => ({ key: key as Node, name: isScalar(key) ? String(key.value) : '', value }))
    .filter(
      ({ name }) =>
        name !== '' && (path === name || /^[.[]/.test(path.slice(name.length))) && path.startsWith(name),
    )
    .toSorted((one, other) => other.name.length - one.name.length)[0]
  return (
    fitting && {
      at: fitting.key,
      value: fitting.value,
      rest: path.slice(fitting.name.length).replace(/^\./, ''),
    }
  )
}

function resolved(document: Document, node: unknown): Node | undefined {
  return (isAlias(node) ? node.resolve(document) : (node ?? undefined)) as Node | undefined
}

function lineOf(lines: LineCounter, node: Node | undefined): number {
  return Math.max(1, lines.linePos(node?.range?.[0] ?? 0).line)
}
