import { parseXml, XmlElement } from '@rgrove/parse-xml'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parameters, readRunXml, readValidationXml, schemeXml, validationErrorXml } from '../src/index.ts'
import { eventElements } from '../src/protocol/event-element.ts'
import { xmlText } from '../src/protocol/xml-text.ts'

const head =
  '<server_host>hf-1</server_host><server_uri>https://127.0.0.1:8089</server_uri><session_key>k123</session_key><checkpoint_dir>/opt/splunk/var</checkpoint_dir>'
const run = (stanza: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<input>${head}<configuration>${stanza}</configuration></input>`

test('what splunkd sends to a run is read: server, session, folder, name and parameters', () => {
  const { serverUri, params, ...rest } = readRunXml(
    run(
      '<stanza name="asana_audit://prod" app="x"><param name="workspace">12</param><param name="since"></param><param name="actor_email">a&amp;b@example.com</param></stanza>',
    ),
  )
  expect(rest).toEqual({
    sessionKey: 'k123',
    checkpointDir: '/opt/splunk/var',
    serverHost: 'hf-1',
    name: 'asana_audit://prod',
  })
  expect(serverUri.href).toBe('https://127.0.0.1:8089/')
  expect([...params]).toEqual([
    ['workspace', '12'],
    ['actor_email', 'a&b@example.com'],
  ])
})

test('what splunkd sends to a validation has an item, without the scheme in its name', () => {
  const xml = `<items>${head}<item name="prod"><param name="workspace">12</param><param_list name="many"><value>1</value></param_list></item></items>`
  expect(readValidationXml(xml)).toMatchObject({ name: 'prod', params: new Map([['workspace', '12']]) })
})

test.each([
  ['', 'it is not XML, or is cut off'],
  [run('<stanza name="a">').slice(0, -30), 'it is not XML, or is cut off'],
  ['<items></items>', 'its first element is not input'],
  [run(''), 'its configuration does not have exactly one stanza'],
  [run('<stanza name="a"/><stanza name="b"/>'), 'its configuration does not have exactly one stanza'],
  [run('<stanza/>'), 'its stanza has no name'],
  [run('<stanza name="a"><param>1</param></stanza>'), 'it has a param without a name'],
  [run('<stanza name="a"/>').replace('k123', ''), 'its session_key is empty'],
  [run('<stanza name="a"/>').replace('https://127.0.0.1:8089', 'nowhere'), 'its server_uri is not a URL'],
])('anything else is refused with a sentence: %#', (xml, why) => {
  expect(() => readRunXml(xml)).toThrow(`What splunkd sends on standard input cannot be read: ${why}.`)
})

test('no refusal quotes what was sent, because the session key is in it', () => {
  const whole = run('<stanza name="asana_audit://prod"><param name="workspace">12</param></stanza>')
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.string(), (at, noise) => {
      try {
        readRunXml(`${whole.slice(0, at)}${noise}${whole.slice(at + 1)}`)
      } catch (error) {
        expect(String(error)).not.toContain('k123')
      }
    }),
  )
})

test('the scheme has every parameter, and leaves no default to Splunk', () => {
  const { root } = parseXml(schemeXml())
  const [args] = (root?.children ?? [])
    .flatMap((one) => (one instanceof XmlElement && one.name === 'endpoint' ? one.children : []))
    .filter((one) => one instanceof XmlElement)
  const names = args?.children.flatMap((arg) => (arg instanceof XmlElement ? arg.attributes['name'] : []))
  expect(names).toEqual(parameters.map(({ name }) => name))
  for (const name of names ?? []) expect(name).toMatch(/^[0-9a-zA-Z][0-9a-zA-Z_-]*$/)
  const texts = Object.fromEntries(
    (root?.children ?? []).flatMap((one) => (one instanceof XmlElement ? [[one.name, one.text.trim()]] : [])),
  )
  expect(texts).toMatchObject({
    use_external_validation: 'true',
    use_single_instance: 'false',
    streaming_mode: 'xml',
  })
})

test('whatever texts an event has, it is one element of XML, and its data the same JSON', () => {
  const element = eventElements({ stanza: 'asana_audit://a"b', host: 'h<1', source: 's&', sourcetype: 't' })
  fc.assert(
    fc.property(
      fc.record({
        name: fc.string({ unit: 'binary' }),
        other: fc.string({
          unit: fc.constantFrom(
            ']',
            '>',
            '<',
            '&',
            '"',
            '\\',
            '\0',
            '\b',
            '\ufffe',
            '\uffff',
            '\ud800',
            '\udc00',
            '\r',
            '\n',
          ),
        }),
      }),
      (event) => {
        const { root } = parseXml(element({ timeMs: 1_700_000_000_123, event }))
        const texts = Object.fromEntries(
          (root?.children ?? []).flatMap((one) => (one instanceof XmlElement ? [[one.name, one.text]] : [])),
        )
        expect(JSON.parse(texts['data'] ?? '')).toEqual(event)
        expect(root?.attributes).toEqual({ unbroken: '1', stanza: 'asana_audit://a"b' })
        expect(texts).toMatchObject({
          time: '1700000000.123',
          host: 'h<1',
          source: 's&',
          sourcetype: 't',
          done: '',
        })
      },
    ),
  )
})

test('a refusal of an input is one message', () => {
  expect(validationErrorXml('Not <this>.')).toBe('<error><message>Not &lt;this&gt;.</message></error>\n')
})

test('in a text that is not JSON, what XML forbids becomes a replacement character', () => {
  expect(xmlText('a\ud800b\u0001c\uffffd\t\u{1f600}')).toBe('a\ufffdb\ufffdc\ufffdd\t\u{1f600}')
})
