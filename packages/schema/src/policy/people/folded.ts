/** A text in the form used for comparing, and the origin of each of its characters. */
export interface Folded {
  readonly text: string
  /** The range in the original text of the character at `index`: from `start` up to, not including, `end`. */
  placeOf(index: number): { readonly start: number; readonly end: number }
}

/** Printable ASCII with single blanks: only its case is ignored. */
const plain = /^(?:[!-~]| (?! ))*$/

/** The units of folding: a run of blanks, or a letter with all its marks. */
const unit = /\s+|\P{M}\p{M}*|\p{M}+/gu

/** Accents, and characters without width: joiners, direction marks, soft hyphens. */
const unseen = /[\u0300-\u036f]|\p{Cf}/gu

/**
 * Folds a text so that case, accents, Unicode form, and the kind and number of blanks do not matter: they do not
 * change who is meant.
 */
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

/**
 * Converts to upper case first, because letters with two lower-case forms then become equal: `ß` and `ss`, `ı` and
 * `i`, both forms of sigma.
 */
function foldedUnit(one: string): string {
  if (one.trim() === '') return ' '
  return one.normalize('NFKD').replaceAll(unseen, '').toUpperCase().toLowerCase()
}
