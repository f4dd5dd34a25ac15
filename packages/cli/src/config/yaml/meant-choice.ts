import type * as z from 'zod'
import { didYouMean } from '../../terminal/did-you-mean.ts'

/** ` Did you mean hash?`, if a wrong value is like one of the words that the setting takes; else empty. Quotes only such a word. */
export function meantChoice(value: unknown, issue: z.core.$ZodIssue): string {
  return typeof value === 'string' ? didYouMean(value, wordsOf(issue)) : ''
}

/** The words that the setting takes. None if it takes values of another form. */
function wordsOf(issue: z.core.$ZodIssue): readonly string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String)
  return issue.code === 'invalid_union' ? issue.errors.flat().flatMap(wordsOf) : []
}
