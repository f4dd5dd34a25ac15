import cim from '../../data/cim-6.2.json' with { type: 'json' }

interface Model {
  tags: string[]
  required: string[]
  allowed: { [field: string]: string[] }
  forbidden?: { [field: string]: string[] }
}

const models = new Map<string, Model>(Object.values(cim.models).map((model) => [model.tags.join(' '), model]))

/**
 * The problems of an event by Splunk's Common Information Model 6.2; a good event has none. Its `tag` says which data model it is for.
 * An event with an empty list belongs to no model and needs only flat fields.
 */
export function cimProblems(event: unknown): string[] {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return ['the event is no object']
  const { tag, ...fields } = event as Record<string, unknown>
  if (!Array.isArray(tag)) return ['tag is no list']
  const problems = Object.entries(fields).flatMap(([name, value]) => fieldProblems(name, value))
  const model = models.get([...tag].sort().join(' '))
  if (tag.length === 0) return problems
  if (!model) return [...problems, `tag ${tag.join(', ')} belongs to no data model`]
  return [...problems, ...modelProblems(fields, model), ...conditionProblems(fields, model)]
}

function fieldProblems(name: string, value: unknown): string[] {
  // The event itself is unchanged, so it may have empty texts.
  const mayBeEmpty = name.startsWith('asana.audit.')
  const holds =
    typeof value === 'string' ? (mayBeEmpty || value !== '') && value.isWellFormed() : Number.isFinite(value)
  return holds ? [] : [`${name} holds neither text nor a number`]
}

function modelProblems(
  fields: Record<string, unknown>,
  { required, allowed, forbidden = {} }: Model,
): string[] {
  return [
    ...required
      .filter((name) => typeof fields[name] !== 'string')
      .map((name) => `${name} is missing or no text`),
    ...Object.entries(allowed)
      .filter(([name, values]) => name in fields && !values.includes(String(fields[name])))
      .map(([name]) => `${name} may not be ${String(fields[name])}`),
    ...Object.entries(forbidden)
      .filter(([name, values]) => values.includes(String(fields[name])))
      .map(([name]) => `the model leaves out ${name} ${String(fields[name])}`),
  ]
}

/** Fields that only some events need. */
function conditionProblems(fields: Record<string, unknown>, { tags }: Model): string[] {
  const problems: string[] = []
  const needs = (name: string, when: boolean) => {
    if (when && typeof fields[name] !== 'string') problems.push(`${name} is missing`)
  }
  needs('result', tags.includes('change') && fields['status'] === 'failure')
  needs('src_user', tags.includes('account') && fields['object_category'] === 'user')
  return problems
}
