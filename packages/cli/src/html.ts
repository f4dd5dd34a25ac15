import { safeText } from './terminal/safe-text.ts'

/** Safe markup. Only the functions of this file create it. */
export interface Html {
  readonly markup: string
}

type Part = Html | string | number | false | null | undefined | readonly Part[]

/** A template for markup. Texts put into it are escaped, and control characters are made visible. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let markup = strings[0] ?? ''
  for (const [index, part] of parts.entries()) markup += markupOf(part) + (strings[index + 1] ?? '')
  return { markup }
}

function markupOf(part: Part): string {
  if (part === undefined || part === null || part === false) return ''
  if (typeof part === 'number') return String(part)
  if (typeof part === 'string') return safeText(part).replaceAll(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)
  return 'markup' in part ? part.markup : part.map(markupOf).join('')
}

/** Marks our own text as safe: a style sheet or a script, never data. */
export function trusted(markup: string): Html {
  return { markup }
}

/** JSON as the content of a `<script type="application/json">`: nothing in it can end the element. */
export function jsonScript(value: unknown): Html {
  const json = JSON.stringify(value)
  return {
    markup: json.replaceAll(
      /[<>&\u2028\u2029]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  }
}
