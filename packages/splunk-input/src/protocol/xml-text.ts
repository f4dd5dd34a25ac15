const special = /[&<>]/g
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** Characters that XML 1.0 does not allow, not even as `&#…;`: most controls, surrogates without a partner, and two that are no characters. */
const forbidden = /(?![\t\n\r\u007f-\u009f])\p{Cc}|\p{Cs}|[\ufffe\uffff]/gu

/** Text between tags or in an attribute. Characters that XML does not allow become U+FFFD: one of them would end the reading of the whole stream. */
export function xmlText(text: string): string {
  return escaped(text.replace(forbidden, '\ufffd')).replaceAll('"', '&quot;')
}

/** JSON between tags. Inside JSON those characters can be written as `\uXXXX`, so nothing is lost. */
export function xmlJson(json: string): string {
  return escaped(
    json.replace(forbidden, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`),
  )
}

function escaped(text: string): string {
  return text.replace(special, (character) => entities[character] ?? character)
}
