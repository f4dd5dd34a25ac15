import { RE2JS } from 're2js'

const flagBits: Readonly<Record<string, number>> = {
  i: RE2JS.CASE_INSENSITIVE,
  m: RE2JS.MULTILINE,
  s: RE2JS.DOTALL,
}

/** Instructions of a compiled expression: `(\w{1,50}){1,20}` has about 2,000. */
const largestProgram = 5_000
/** A longer value matches nothing: if it were cut, `$` would match in the wrong place. */
const longestText = 1_000_000

/**
 * A test for text with a match of `source`, in RE2 syntax with Sigma's flags `i`, `m` and `s`. Its time is bounded:
 * RE2 takes a limited number of steps per character, and a value of more than a million characters matches nothing.
 * An attacker must not be able to stop detection by choosing a name. Throws a SyntaxError that names the problem of
 * the expression.
 */
export function regularExpression(source: string, flags: string): (text: string) => boolean {
  const expression = compiled(source, flags)
  if (expression.programSize() > largestProgram) {
    throw new SyntaxError(`${JSON.stringify(source)} is too large; use smaller numbers in braces`)
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
      throw new SyntaxError(
        `${quoted} has a look-ahead, a look-behind or a back-reference, which Sigma does not support`,
      )
    }
    const reason =
      error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error)
    throw new SyntaxError(`${quoted} is not a valid regular expression: ${reason}`)
  }
}
