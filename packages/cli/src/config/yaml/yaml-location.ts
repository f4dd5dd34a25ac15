import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  visit,
} from 'yaml'

/** The line and the value of a setting in a file. */
export interface YamlLocation {
  readonly line: number
  /** Undefined if the setting is not in the file. */
  readonly node: Node | undefined
}

/**
 * Finds a setting by its dotted path, such as `pipelines[0].fields.actor.email`. A missing setting gets the line of the map it is
 * missing in.
 */
export function yamlLocation(document: Document, lines: LineCounter, path: string): YamlLocation {
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

/** The dotted paths of these values. */
export function pathsOf(document: Document, values: ReadonlySet<Node>): readonly string[] {
  const paths: string[] = []
  if (values.size === 0) return paths
  visit(document, {
    Scalar(_, node, parents) {
      if (values.has(node)) paths.push(pathTo([...parents, node]))
    },
  })
  return paths
}

/** From the outermost node to the value. */
function pathTo(nodes: readonly unknown[]): string {
  return nodes
    .map((node, index) => {
      if (isPair(node)) return isScalar(node.key) ? `.${node.key.value}` : ''
      return isSeq(node) ? `[${node.items.indexOf(nodes[index + 1])}]` : ''
    })
    .join('')
    .replace(/^\./, '')
}

interface Step {
  /** The node whose line is shown: a key or an item. */
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
  // Keys may contain dots, so take the longest that fits.
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
