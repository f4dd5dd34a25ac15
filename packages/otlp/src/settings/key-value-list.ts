/**
 * Reads `key1=value1,key2=value2` with percent-encoded keys and values, the form of `OTEL_EXPORTER_OTLP_HEADERS` and
 * `OTEL_RESOURCE_ATTRIBUTES`. A value may hold `=` and `;`. Wrong entries are named by their position, counted from
 * 1, and never quoted: a text that looks like a key may be a token.
 */
export function readKeyValueList(text: string): { pairs: [key: string, value: string][]; wrong: string[] } {
  const pairs: [string, string][] = []
  const wrong: string[] = []
  for (const [index, entry] of text.split(',').entries()) {
    if (entry.trim() === '') continue
    const equals = entry.indexOf('=')
    const key = equals === -1 ? '' : decoded(entry.slice(0, equals))
    const value = decoded(entry.slice(equals + 1))
    if (equals === -1) wrong.push(`entry ${index + 1} has no "="`)
    else if (key === '') wrong.push(`entry ${index + 1} has no name before its "="`)
    else if (key === undefined || value === undefined) {
      wrong.push(
        `entry ${index + 1} has a "%" that does not begin an encoded character (write "%25" for "%")`,
      )
    } else pairs.push([key, value])
  }
  return { pairs, wrong }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.trim())
  } catch {
    return undefined
  }
}
