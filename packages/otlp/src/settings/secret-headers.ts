import { fault } from '@asana-audit/core'
import { rotatingSecret, type Secret, tellOldSecret } from '@asana-audit/core/sink-kit'
import { headerProblem } from './header-problem.ts'
import { readKeyValueList } from './key-value-list.ts'
import { headersInUse, type OnWarning } from './sink-warning.ts'

/** Headers from the text of a file or a command: `name=value`, divided by commas or line ends. Or what is wrong, without quoting it. */
function parsed(text: string): Readonly<Record<string, string>> | string {
  const { pairs, wrong } = readKeyValueList(text.replaceAll(/[\r\n]+/g, ','))
  for (const [name, value] of pairs) {
    const problem = headerProblem(name, value)
    if (problem) wrong.push(problem)
  }
  const good = 'A good text is x-api-key=KEY, with a line for each header.'
  if (wrong.length > 0) return `In the secret headers, ${wrong.join('; ')}. ${good}`
  if (pairs.length === 0) return `The secret headers are empty. ${good}`
  return Object.fromEntries(pairs.map(([name, value]) => [name.toLowerCase(), value]))
}

/** What is wrong with such a text, as a sentence that does not quote it. */
export function secretHeadersProblem(text: string): string | undefined {
  const found = parsed(text)
  return typeof found === 'string' ? found : undefined
}

/** Throws a fatal `bad_headers`. */
export function secretHeadersOf(text: string): Readonly<Record<string, string>> {
  const found = parsed(text)
  if (typeof found === 'string') throw fault({ fault: 'fatal', code: 'bad_headers', message: found })
  return found
}

/**
 * The secret headers, and the second ones while these are refused. Undefined if there are none. `onWarning` hears which of the two have
 * come into use for `url`, and that earlier ones still are.
 */
export function secretHeadersIn(
  { secretHeaders: first, secondHeaders: second }: SecretHeaders,
  url: URL,
  onWarning: OnWarning = () => {},
): Secret | undefined {
  if (first === undefined) return undefined
  const onUse = (inUse: 'first' | 'second'): void => onWarning(headersInUse(inUse, url))
  const secret = second === undefined ? first : rotatingSecret({ first, second, onUse })
  return tellOldSecret(secret, (message) => onWarning({ code: 'old_credentials', message }))
}

export interface SecretHeaders {
  readonly secretHeaders?: Secret | undefined
  readonly secondHeaders?: Secret | undefined
}
