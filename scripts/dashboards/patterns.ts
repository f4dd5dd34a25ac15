import { sectionFields, topFields } from '../../packages/schema/src/event/event-fields.ts'

/** A regular expression for the whole of a text that is one of these, where `*` stands for any characters. */
export function anyOf(texts: readonly string[]): string {
  const literal = (text: string) => text.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')
  return texts.map(literal).join('|')
}

export function hasWildcard(texts: readonly string[]): boolean {
  return texts.some((text) => text.includes('*'))
}

/**
 * A regular expression for the JSON text of `asana.audit.unmapped` that says no more than that known fields are null or
 * empty, as in `{"resource":{"name":null}}`. Without a backslash, so that it is the same in every query language.
 */
export const onlyKnownNulls: string = (() => {
  const list = (one: string) => `${one}(,${one})*`
  const isNull = (names: Iterable<string>) => `["](${[...names].join('|')})["]:null`
  const sections = [...sectionFields].map(
    ([section, fields]) => `["]${section}["]:[{](${list(isNull(fields.keys()))})?[}]`,
  )
  const whole = isNull([...topFields.keys(), ...sectionFields.keys(), 'details'])
  return `[{]${list(`(${[whole, ...sections].join('|')})`)}[}]`
})()
