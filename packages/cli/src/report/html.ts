import { safeText } from '../terminal/safe-text.ts'

/** Markup that is safe as it stands. Made by `html` alone. */
export interface Html {
  readonly markup: string
}

type Part = Html | string | number | false | undefined | readonly Part[]

/** A template for markup. Text put into it is data: escaped, and what would break a line or turn its direction made visible. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let markup = strings[0] ?? ''
  for (const [index, part] of parts.entries()) markup += markupOf(part) + (strings[index + 1] ?? '')
  return { markup }
}

function markupOf(part: Part): string {
  if (part === undefined || part === false) return ''
  if (typeof part === 'number') return String(part)
  if (typeof part === 'string') return safeText(part).replaceAll(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)
  return 'markup' in part ? part.markup : part.map(markupOf).join('')
}

/** Text that is no data but ours, and safe where it is put: a style sheet, a script. */
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
