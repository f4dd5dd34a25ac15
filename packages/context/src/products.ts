import type { UserAgent } from '@asana-audit/schema/context'

type Product = Pick<UserAgent, 'name' | 'version'>
type OperatingSystem = Pick<UserAgent, 'osName' | 'osVersion'>

/**
 * An app of Asana's, which counts before the browser that it is made of: `AsanaDesktopOfficial darwin_arm64/1.12.0 Chrome/108.0.5359.62`
 * and `AsanaAndroidApp/8.2` at the end of what a browser writes.
 */
export function appOfAsana(text: string): Product | undefined {
  const [, name, version] = /(?<![\w.-])(Asana[A-Z]\w*)(?:[ /](?:\w+\/)?(\d[\w.]*))?/.exec(text) ?? []
  return name === undefined ? undefined : { name, version }
}

/** The product that a client names first, the most significant (RFC 9110, 10.1.5): `curl/8.17.0`, `python-requests/2.32.5`, `node`. */
export function firstProduct(text: string): Product {
  const [, name, version] = /^([\w!#$%&'*+.^`|~-]+)(?:\/([\w!#$%&'*+.^`|~-]+))?(?![^\s/;(,])/.exec(text) ?? []
  return name !== undefined && /[a-z]/i.test(name) ? { name, version } : {}
}

const systems: readonly (readonly [name: string, written: RegExp])[] = [
  ['iOS', /[(;] ?(?:iOS|iPadOS)(?: ([\d.]+))?[;)]/],
  ['Android', /[(;] ?Android(?: ([\d.]+))?[;)]/],
  ['macOS', /[(;] ?(?:macOS|Mac OS X)(?: ([\d.]+))?[;)]|\bdarwin_(?:arm64|x64)\//],
  ['Windows', /[(;] ?Windows(?: ([\d.]+))?[;)]|\bwin32_(?:arm64|x64|ia32)\//],
  ['Linux', /[(;] ?Linux(?: ([\d.]+))?[;)]|\blinux_(?:arm64|x64)\//],
]

/** The operating system in a comment of an app, `(com.asana.Asana; iOS 17.4.1)`, or as Asana's desktop app names it, `darwin_arm64/`. */
export function osInComment(text: string): OperatingSystem {
  for (const [osName, written] of systems) {
    const found = written.exec(text)
    if (found) return { osName, osVersion: found[1] }
  }
  return {}
}
