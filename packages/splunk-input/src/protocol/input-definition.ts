import { fault } from '@asana-audit/core'
import { parseXml, type XmlDocument, XmlElement } from '@rgrove/parse-xml'

/** One input, as splunkd describes it on standard input. */
export interface InputDefinition {
  /** Of this splunkd, for example `https://127.0.0.1:8089`. */
  readonly serverUri: URL
  /** Opens the REST API of splunkd. A secret. */
  readonly sessionKey: string
  /** The folder for positions. Splunk gives one for all inputs of the scheme. */
  readonly checkpointDir: string
  /** The name of this Splunk: the usual `host` of its events. */
  readonly serverHost: string
  /** For a run `asana_audit://NAME`; for a validation `NAME` alone. */
  readonly name: string
  /** Settings of the stanza, without those that are empty. */
  readonly params: ReadonlyMap<string, string>
}

/** Reads what splunkd sends to a run: `input` with one stanza. Throws a fatal `bad_input_xml`. */
export function readRunXml(xml: string): InputDefinition {
  const input = rootOf(xml, 'input')
  return definition(input, onlyChild(onlyChild(input, 'configuration'), 'stanza'))
}

/** Reads what splunkd sends to a validation: `items` with one item. Throws a fatal `bad_input_xml`. */
export function readValidationXml(xml: string): InputDefinition {
  const items = rootOf(xml, 'items')
  return definition(items, onlyChild(items, 'item'))
}

function definition(root: XmlElement, named: XmlElement): InputDefinition {
  const name = named.attributes['name']
  if (!name) throw unreadable(`its ${named.name} has no name`)
  const params = childrenOf(named, 'param').flatMap((param): [string, string][] => {
    const key = param.attributes['name']
    if (!key) throw unreadable('it has a param without a name')
    const value = param.text.trim()
    return value === '' ? [] : [[key, value]]
  })
  const uri = textOf(root, 'server_uri')
  if (!URL.canParse(uri)) throw unreadable('its server_uri is not a URL')
  return {
    serverUri: new URL(uri),
    sessionKey: textOf(root, 'session_key'),
    checkpointDir: textOf(root, 'checkpoint_dir'),
    serverHost: textOf(root, 'server_host'),
    name,
    params: new Map(params),
  }
}

function rootOf(xml: string, name: string): XmlElement {
  let document: XmlDocument
  try {
    document = parseXml(xml)
  } catch {
    // The parser's message quotes the text, and with it the session key.
    throw unreadable('it is not XML, or is cut off')
  }
  if (document.root?.name !== name) throw unreadable(`its first element is not ${name}`)
  return document.root
}

function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter(
    (child): child is XmlElement => child instanceof XmlElement && child.name === name,
  )
}

function onlyChild(element: XmlElement, name: string): XmlElement {
  const [child, ...others] = childrenOf(element, name)
  if (!child || others.length > 0) throw unreadable(`its ${element.name} does not have exactly one ${name}`)
  return child
}

function textOf(element: XmlElement, name: string): string {
  const text = onlyChild(element, name).text.trim()
  if (text === '') throw unreadable(`its ${name} is empty`)
  return text
}

function unreadable(why: string): Error {
  const message = `What splunkd sends on standard input cannot be read: ${why}. Only splunkd starts this command, through the add-on.`
  return fault({ fault: 'fatal', code: 'bad_input_xml', message })
}
