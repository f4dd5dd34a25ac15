import type * as z from 'zod'
import { goodValues, type PipelineDocument, pipelineDocument } from './pipeline-document.ts'
import type { Problem } from './problem.ts'
import { missingUnit } from './time.ts'

export interface CheckedDocument {
  /** What is good of it, so that the rest (token, files, destination) can be looked at as well. */
  readonly sound: PipelineDocument
  /** False where something had to be left out: then it is not to be run. */
  readonly isWhole: boolean
}

/**
 * Checks a pipeline as it was written. What is wrong is taken out and the rest looked at again, until nothing is wrong: one
 * problem must not hide another. `place` says how a setting is called where it was written.
 */
export function checkedDocument(
  document: unknown,
  place: (path: string) => string,
  problems: Problem[],
): CheckedDocument {
  let rest = document
  for (;;) {
    const parsed = pipelineDocument.safeParse(rest)
    if (parsed.success) return { sound: parsed.data, isWhole: rest === document }
    problems.push(...documentProblems(parsed.error, document, place))
    rest = soundPart(rest, parsed.error)
  }
}

/** A document without the settings that are wrong, and with something in place of those it cannot do without. */
function soundPart(document: unknown, { issues }: z.ZodError): object {
  const wrong = new Set(
    issues.flatMap((issue) => [
      String(issue.path[0]),
      ...(issue.code === 'unrecognized_keys' ? issue.keys : []),
    ]),
  )
  const entries = typeof document === 'object' ? Object.entries(document ?? {}) : []
  return { workspace: '0', to: 'stdout', ...Object.fromEntries(entries.filter(([key]) => !wrong.has(key))) }
}

/** Settings whose value may be or hold a secret, put there on purpose or by mistake. */
const unspoken = new Set(['base_url', 'token_file', 'token_env', 'hash_key_file'])

/** Of the settings that are durations or ages: what a number alone was most likely meant in. */
const usualUnits: Record<string, 's' | 'm' | 'd'> = {
  ...{ poll: 's', settled_window: 'm', reread_every: 'm', since: 'd', until: 'd' },
}

function documentProblems(error: z.ZodError, document: unknown, place: (path: string) => string): Problem[] {
  return error.issues.flatMap((issue): Problem[] => {
    const path = issue.path.map(String).join('.')
    if (issue.code === 'unrecognized_keys') {
      const within = path ? `${path}.` : ''
      const known = Object.keys(goodValues).filter(
        (key) => key.startsWith(within) && !key.slice(within.length).includes('.'),
      )
      const list = known.map((key) => key.slice(within.length)).join(', ')
      return issue.keys.map((key) => ({
        setting: place(within + key),
        message: `There is no such setting. Known here: ${list}.`,
      }))
    }
    const value = issue.path.reduce<unknown>(
      (part, key) => (part as Record<PropertyKey, unknown> | undefined)?.[key],
      document,
    )
    const good = goodValues[path] ?? goodValues[String(issue.path[0] ?? '')] ?? 'Give a map of settings.'
    const shown = unspoken.has(path) ? 'What is given' : JSON.stringify(value)
    if (issue.code === 'custom' && issue.params?.['isSentence'])
      return [{ setting: place(path), message: `${issue.message} ${good}` }]
    const unit = usualUnits[path]
    const wrong =
      value === undefined || value === null
        ? 'It is not set.'
        : ((unit && missingUnit(value, unit)) ?? `${shown} cannot be used.`)
    return [{ setting: place(path), message: `${wrong} ${good}` }]
  })
}
