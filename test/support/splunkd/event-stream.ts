import { parseXml, XmlElement, XmlText } from '@rgrove/parse-xml'

/** An event as splunkd keeps it. */
export interface KeptEvent {
  readonly stanza: string
  readonly time: string
  readonly source: string
  readonly sourcetype: string
  /** Undefined: the default index. */
  readonly index: string | undefined
  readonly host: string
  readonly data: string
}

export interface EventStream {
  /** Bytes as the pipe has them. */
  push(bytes: Uint8Array): void
  /** What is wrong with the stream. After the first problem nothing is read any more, as after an error of an XML parser. */
  readonly problem: () => string | undefined
  /** What is left of an event that was not finished. */
  readonly rest: () => string
  readonly isClosed: () => boolean
}

const begin = '<stream>\n'
const end = '</stream>\n'
const eventEnd = '</event>\n'

/**
 * Reads the stream of one input as Splunk's page "Set up streaming" describes it, and strictly: one document of whole events, each with
 * `unbroken` and `done`, in UTF-8, and each event XML by itself.
 */
export function eventStream(onEvent: (event: KeptEvent) => void): EventStream {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let text = ''
  let isOpen = false
  let isClosed = false
  let problem: string | undefined

  function read(): void {
    if (!isOpen) {
      if (text.length < begin.length) return
      if (!text.startsWith(begin)) throw new Error(`The stream begins with ${text.slice(0, 40)}`)
      text = text.slice(begin.length)
      isOpen = true
    }
    for (;;) {
      if (text === end) {
        text = ''
        isClosed = true
        return
      }
      const at = text.indexOf(eventEnd)
      if (at === -1) return
      if (isClosed) throw new Error('There are events after the end.')
      onEvent(eventOf(text.slice(0, at + eventEnd.length)))
      text = text.slice(at + eventEnd.length)
    }
  }

  return {
    push(bytes) {
      if (problem !== undefined) return
      try {
        text += decoder.decode(bytes, { stream: true })
        read()
      } catch (error) {
        problem = String(error)
      }
    },
    problem: () => problem,
    rest: () => text,
    isClosed: () => isClosed,
  }
}

function eventOf(xml: string): KeptEvent {
  const { root } = parseXml(xml)
  if (root?.name !== 'event') throw new Error('This is no event.')
  const { unbroken, stanza, ...others } = root.attributes
  if (unbroken !== '1' || !stanza || Object.keys(others).length > 0) throw new Error('Wrong attributes.')
  const children = root.children.map((child) => {
    if (!(child instanceof XmlElement)) throw new Error('There is text between the elements.')
    if (!child.children.every((one) => one instanceof XmlText)) throw new Error(`${child.name} is no text.`)
    return [child.name, child.text] as const
  })
  const names = children.map(([name]) => name)
  if (new Set(names).size !== names.length || names.at(-1) !== 'done')
    throw new Error(`Elements: ${names.join()}`)
  const { time, source, sourcetype, index, host, data, done, ...unknown } = Object.fromEntries(children)
  if (Object.keys(unknown).length > 0) throw new Error(`Unknown: ${Object.keys(unknown).join()}`)
  if (done !== '' || !data || !host || !source || !sourcetype) throw new Error('An element is empty.')
  if (!/^\d+\.\d{3}$/.test(time ?? '')) throw new Error(`The time is ${time}`)
  return { stanza, time: time ?? '', source, sourcetype, index, host, data }
}
