import { XMLParser } from 'fast-xml-parser'

/** Every search of every dashboard, by its file and the title above it; `menu` for what fills a menu. */
export function panelSearches(files: ReadonlyMap<string, string>): Map<string, string> {
  const found = new Map<string, string>()
  for (const [path, text] of files) {
    if (!path.includes('/views/')) continue
    let title = 'menu'
    new XMLParser({
      tagValueProcessor: (name, value) => {
        if (name === 'title') title = value
        if (name === 'query') found.set(`${path.replace(/.*\//, '')}: ${title}`, value)
        return value
      },
    }).parse(text, true)
  }
  return found
}
