/**
 * A run of characters that can be in an e-mail address or in a link; or an address that begins with a name in quotes.
 */
const token = /"[^"\\]*"@[^\s<>()[\],;:"\\]+|[^\s<>()[\],;:"\\]+/gu

/** In a link each part is read separately. */
const partOfLink = /[^/?&=#]+/gu

const at = /@|%40/i

/**
 * Replaces every e-mail address in a text. If the beginning or end of an address is unclear, it replaces too much
 * rather than too little.
 */
export function replaceAddresses(text: string, replacement: (address: string) => string): string {
  if (!at.test(text)) return text
  return text.replaceAll(token, (one) =>
    one.startsWith('//') && at.test(one)
      ? one.replaceAll(partOfLink, (part) => inToken(part, replacement))
      : inToken(one, replacement),
  )
}

function inToken(text: string, replacement: (address: string) => string): string {
  if (!at.test(text)) return text
  const head = /^['`*]+/.exec(text)?.[0] ?? ''
  const rest = text.slice(head.length)
  const address = withoutEnd(rest)
  // `@ada` and `12 @ 7` are not addresses.
  const separator = at.exec(address)
  const isAddress = separator !== null && separator.index > 0 && !/(?:@|%40)$/i.test(address)
  return isAddress ? head + replacement(address.replaceAll(/%40/gi, '@')) + rest.slice(address.length) : text
}

/**
 * Without the punctuation that ends a sentence. A loop, because a pattern anchored at the end would try every start.
 */
function withoutEnd(text: string): string {
  let end = text.length
  while (end > 0 && ".!?'`*".includes(text.charAt(end - 1))) end -= 1
  return text.slice(0, end)
}
