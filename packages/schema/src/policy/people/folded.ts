/** A text as it is compared, and where each of its characters comes from. */
export interface Folded {
  readonly text: string
  /** The place in the original of what the character at `index` was written as: from `start` up to before `end`. */
  placeOf(index: number): { readonly start: number; readonly end: number }
}

/** Printable ASCII with single blanks: only its case says nothing. */
const plain = /^(?:[!-~]| (?! ))*$/

/** What is folded as one: blanks in a row, or a letter with all that is put on it. */
const unit = /\s+|\P{M}\p{M}*|\p{M}+/gu

/** Accents, however they are stored, and what takes no room: joiners, direction marks, soft hyphens. */
const unseen = /[\u0300-\u036f]|\p{Cf}/gu

/** Case, accents, how letters are stored, and the kind and number of blanks between words say nothing of who is meant. */
export function folded(text: string): Folded {
  if (plain.test(text))
    return { text: text.toLowerCase(), placeOf: (index) => ({ start: index, end: index + 1 }) }
  const parts: string[] = []
  const places: { start: number; end: number }[] = []
  for (const { 0: one, index: start } of text.matchAll(unit)) {
    const part = foldedUnit(one)
    parts.push(part)
    const place = { start, end: start + one.length }
    for (let index = 0; index < part.length; index += 1) places.push(place)
  }
  const placeOf: Folded['placeOf'] = (index) => places[index] ?? { start: text.length, end: text.length }
  return { text: parts.join(''), placeOf }
}

/** By way of upper case, in which the letters that have two lower ones are one: `ß` and `ss`, `ı` and `i`, both of sigma. */
function foldedUnit(one: string): string {
  if (one.trim() === '') return ' '
  return one.normalize('NFKD').replaceAll(unseen, '').toUpperCase().toLowerCase()
}
