import type { UserAgent } from '@asana-audit/schema/context'
import Bowser from 'bowser'
import { known } from './entry-fields.ts'
import { appOfAsana, firstProduct, osInComment } from './products.ts'
import { remembered } from './remembered.ts'

/** Anybody can send any text, and no client has a longer one. */
const mostCharacters = 1_000

/** What the text of a user agent says. Undefined if that is nothing, and for anything but a text. */
export function userAgentOf(text: unknown): UserAgent | undefined {
  return typeof text === 'string' ? parsed(startOf(text).toWellFormed().trim()) : undefined
}

/** A copy: a part of a text, which is remembered, would keep all of it in memory. */
function startOf(text: string): string {
  if (text.length <= mostCharacters) return text
  return Buffer.from(text.slice(0, mostCharacters), 'utf16le').toString('utf16le')
}

/** A browser by bowser, which knows what each writes behind `Mozilla/5.0`; others by the products that they name themselves. */
const parsed = remembered((text: string): UserAgent | undefined => {
  const browser = /^(Mozilla|Opera)\//.test(text) ? browserIn(text) : undefined
  const client = appOfAsana(text) ?? browser ?? firstProduct(text)
  const { osName, osVersion } = browser ?? osInComment(text)
  return known({ name: client.name, version: client.version, osName, osVersion })
})

function browserIn(text: string): UserAgent {
  const parser = Bowser.getParser(text, true)
  const { name, version } = parser.parseBrowser()
  const os = parser.parseOS()
  // Windows has a number of its own, NT 10.0, and the one that people know.
  const osVersion = os.name === 'Windows' ? (os.versionName ?? os.version) : os.version
  return {
    name: name || undefined,
    version: version || undefined,
    osName: os.name || undefined,
    osVersion: osVersion || undefined,
  }
}
