/** A field holds texts, several of them where it has several values. */
export type Fields = ReadonlyMap<string, readonly string[]>

/** A value of eval. Null is the absence of one; a list has two or more. */
export type Value = string | number | boolean | null | readonly string[]

export function asValue(texts: readonly string[] | undefined): Value {
  if (!texts || texts.length === 0) return null
  return texts.length === 1 ? (texts[0] as string) : texts
}

/** The texts a field holds once it has this value; none takes the field away. */
export function asTexts(value: Value): readonly string[] {
  return value === null ? [] : [value].flat().map(String)
}
