import { joined } from '../not-converted.ts'
import { sigmaCondition } from '../sigma-condition.ts'
import type { SigmaDetection } from '../sigma-detection.ts'
import { pythonSearch, pythonText } from './python-search.ts'

/**
 * A rule of Panther that holds for the same events as a Sigma rule. It needs nothing but Python: Panther gives an event as nested
 * mappings and sequences. Throws `NotConverted`.
 */
export function pythonRule(title: string, file: string, detection: SigmaDetection): string {
  const { condition, timeframe: _, ...searches } = detection
  const identifiers = Object.keys(searches)
  const conditions = typeof condition === 'string' ? [condition] : condition
  const holds = joined(
    conditions.map((one) => sigmaCondition(one, identifiers, (name) => `${name}(event)`)),
    'or',
  )
  const functions = Object.entries(searches).map(
    ([name, search]) => `def ${name}(event):\n    return ${wrapped(pythonSearch(search))}\n`,
  )
  const needsRe = functions.some((text) => text.includes('re.search('))
  const imports = `${needsRe ? 'import re\n' : ''}from collections.abc import Mapping, Sequence\n`
  const head = `# ${title}\n# Made from rules/${file} by \`pnpm generate:detections\`: do not edit.\n`
  const rule = `def rule(event):\n    return ${wrapped(holds)}\n`
  const blocks = [`${head}${imports}`, rule, titleFunction(title), ...functions, readers]
  return blocks.join('\n\n')
}

/** Alerts are grouped by their title, so it names the actor. */
function titleFunction(title: string): string {
  return `def title(event):
    actor = texts(event, "actor", "email") or texts(event, "actor", "name") or texts(event, "actor", "gid")
    return ${pythonText(`${title}: `)} + (actor or ["unknown actor"])[0]
`
}

/** The longest line of Python's own tools is 100; a longer expression goes on inside parentheses. */
function wrapped(expression: string): string {
  if (expression.length <= 85) return expression
  const inner = /^\((.*)\)$/s.exec(expression)?.[1]
  const parts = (inner ?? expression).split(/ (?=(?:and|or) any\()/)
  return `(\n        ${parts.join('\n        ')}\n    )`
}

const readers = `def texts(value, *path):
    """Every single value at a path, as text. A list on the path is searched; a list in a list is not."""
    if isinstance(value, str):
        return [] if path else [value]
    if isinstance(value, Mapping):
        return texts(value[path[0]], *path[1:]) if path and path[0] in value else []
    if isinstance(value, Sequence):
        items = [item for item in value if isinstance(item, str) or not isinstance(item, Sequence)]
        return [text for item in items for text in texts(item, *path)]
    if path or value is None:
        return []
    return [str(value).lower() if isinstance(value, bool) else str(value)]


def folded(value, *path):
    return [text.lower() for text in texts(value, *path)]
`
