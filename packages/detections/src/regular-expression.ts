import { RE2JS } from 're2js'

const flagBits: Readonly<Record<string, number>> = {
  i: RE2JS.CASE_INSENSITIVE,
  m: RE2JS.MULTILINE,
  s: RE2JS.DOTALL,
}

/** Instructions of a compiled expression: `(\w{1,50}){1,20}` has about 2,000. */
const largestProgram = 5_000
/** A longer value matches nothing: cutting it would make `$` mean something else. */
const longestText = 1_000_000

/**
 * A test for text that holds a match of `source`, in RE2 syntax with Sigma's flags `i`, `m` and `s`. Its time is bounded:
 * RE2 takes a limited number of steps a character, and a value of more than a million characters matches nothing. An attacker who
 * chooses a name must not be able to stop detection with it. Throws a SyntaxError that says what is wrong with the expression.
 */
export function regularExpression(source: string, flags: string): (text: string) => boolean {
  const expression = compiled(source, flags)
  if (expression.programSize() > largestProgram) {
    throw new SyntaxError(`${JSON.stringify(source)} is too large; write it with smaller numbers in braces`)
  }
  return (text) => text.length <= longestText && expression.test(text)
}

function compiled(source: string, flags: string): RE2JS {
  let bits = 0
  for (const flag of flags) bits |= flagBits[flag] ?? 0
  try {
    return RE2JS.compile(source, bits)
  } catch (error) {
    const quoted = JSON.stringify(source)
    if (/\(\?(?:[=!]|<[=!])|\\[1-9]/.test(source)) {
      throw new SyntaxError(`${quoted} looks ahead, looks behind or refers back, which Sigma does not have`)
    }
    const reason =
      error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error)
    throw new SyntaxError(`${quoted} is no regular expression: ${reason}`)
  }
}
