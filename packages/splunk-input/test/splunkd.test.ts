import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { indexState, openSplunkd, readAccountToken, readProxyAddress, type Splunkd } from '../src/index.ts'
import { isThisMachine } from '../src/splunkd/this-machine.ts'

const separator = '``splunk_cred_sep``'
const endMark = ['', 'S', 'P', 'L', 'U', 'N', 'K', ''].join(separator)

interface Piece {
  readonly realm: string
  readonly username: string
  readonly clear_password?: string
}

const realm = '__REST_CREDENTIAL__#TA-asana-audit-input#configs/conf-ta_asana_audit_input_account'

/** As solnlib stores the secrets of a stanza. */
function stored(stanza: string, fields: object, of = realm): Piece[] {
  const pieces = JSON.stringify(fields).match(/.{1,255}/gs) ?? []
  return [...pieces, endMark].map((text, index) => ({
    ...{ realm: of, username: `${stanza}${separator}${index + 1}`, clear_password: text },
  }))
}

function splunkdWith(pieces: readonly Piece[], proxy?: object): Splunkd {
  return {
    get: async (path) =>
      path.endsWith('/storage/passwords')
        ? { entry: pieces.map((content) => ({ name: content.username, content })) }
        : proxy && { entry: [{ name: 'proxy', content: proxy }] },
    close: async () => {},
  }
}

test('a token of any length comes back whole, whatever the order of the pieces and whoever else has secrets', async () => {
  const token = fc.stringMatching(/^[\x21-\x7e]{1,900}$/)
  await fc.assert(
    fc.asyncProperty(token, fc.integer(), async (text, seed) => {
      const pieces = [
        ...stored('auditor', { token: text }),
        ...stored('auditor2', { token: 'another' }),
        ...stored('auditor', { token: 'of another app' }, 'elsewhere'),
        { realm: 'plain', username: 'auditor', clear_password: 'x' },
      ]
      const shuffled = pieces.map((piece, index) => [Math.sin(seed + index), piece] as const)
      shuffled.sort(([a], [b]) => a - b)
      expect(await readAccountToken(splunkdWith(shuffled.map(([, piece]) => piece)), 'auditor')).toBe(text)
    }),
  )
})

test.each([
  ['an account without a secret', [], 'no_token'],
  ['an empty token', stored('auditor', { token: '' }), 'no_token'],
  [
    'a secret that is being written',
    stored('auditor', { token: 'x'.repeat(300) }).slice(0, 1),
    'password_incomplete',
  ],
  [
    'a secret with a piece missing',
    stored('auditor', { token: 'x'.repeat(300) }).slice(1),
    'password_incomplete',
  ],
  [
    'a store that cannot be decrypted',
    stored('auditor', { token: 'x' }).map(({ clear_password: _, ...rest }) => rest),
    'password_unreadable',
  ],
])('%s is a fault that says what to do', async (_, pieces, code) => {
  await expect(readAccountToken(splunkdWith(pieces), 'auditor')).rejects.toMatchObject({ code })
})

test('the proxy of the page becomes an address, with its password from the store', async () => {
  const settings = { proxy_enabled: '1', proxy_type: 'http', proxy_url: 'proxy.example', proxy_port: '3128' }
  const secrets = stored(
    'proxy',
    { proxy_password: 'p@ss:word' },
    realm.replace('input_account', 'input_settings'),
  )
  expect(await readProxyAddress(splunkdWith([], settings))).toBe('http://proxy.example:3128')
  expect(await readProxyAddress(splunkdWith(secrets, { ...settings, proxy_username: 'me' }))).toBe(
    'http://me:p%40ss%3Aword@proxy.example:3128',
  )
  expect(await readProxyAddress(splunkdWith([], { ...settings, proxy_enabled: '0' }))).toBeUndefined()
  expect(await readProxyAddress(splunkdWith([]))).toBeUndefined()
  expect(await readProxyAddress(splunkdWith([], { ...settings, proxy_url: 'fd00::7' }))).toBe(
    'http://[fd00::7]:3128',
  )
})

test.each([
  ['without a host', { proxy_url: '' }],
  ['of another kind', { proxy_type: 'socks4' }],
  ['with a host that is an address', { proxy_url: 'http://proxy.example' }],
  ['with a port that is too large', { proxy_port: '99999' }],
])('a proxy %s is refused with a sentence that does not quote it', async (_, wrong) => {
  const settings = { proxy_enabled: '1', proxy_type: 'http', proxy_url: 'proxy.example', proxy_port: '3128' }
  await expect(readProxyAddress(splunkdWith([], { ...settings, ...wrong }))).rejects.toMatchObject({
    code: 'bad_proxy',
    message: expect.not.stringContaining('example') as string,
  })
})

test.each([
  ['that is there', 'asana', [], 'enabled'],
  ['that is disabled', 'closed', ['tcpout:indexers'], 'disabled'],
  ['that a forwarder does not know', 'remote', ['tcpout:indexers'], 'elsewhere'],
  ['that a Splunk without outputs does not know', 'remote', [], 'missing'],
  ['with a strange name', '../services', [], 'missing'],
])('an index %s', async (_, index, outputs, state) => {
  const entry = (name: string, disabled = false): object => ({ name, content: { disabled } })
  const splunkd: Splunkd = {
    get: async (path) =>
      path === '/services/data/indexes'
        ? { entry: [entry('asana'), entry('closed', true)] }
        : { entry: ['tcpout', ...outputs].map((name) => entry(name)) },
    close: async () => {},
  }
  expect(await indexState(splunkd, index)).toBe(state)
})

test('an answer of another shape than a list is asked for again', async () => {
  const strange: Splunkd = { get: async () => ({ entries: [] }), close: async () => {} }
  await expect(readAccountToken(strange, 'auditor')).rejects.toMatchObject({
    fault: 'temporary',
    code: 'splunkd_unavailable',
  })
})

test('only addresses of this machine are answered by this machine', () => {
  for (const host of ['127.0.0.1', '127.8.9.1', '[::1]', 'localhost']) expect(isThisMachine(host)).toBe(true)
  for (const host of ['192.0.2.1', 'splunk.example.com', '[2001:db8::1]', '0.0.0.0'])
    expect(isThisMachine(host)).toBe(false)
})

/** A splunkd that answers as it is told. */
async function splunkdAt(answer: RequestListener, signal?: AbortSignal): Promise<Splunkd> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const splunkd = openSplunkd({ serverUri: new URL(`http://127.0.0.1:${port}`), sessionKey: 'key' }, signal)
  onTestFinished(async () => {
    await splunkd.close()
    server.closeAllConnections()
    server.close()
  })
  return splunkd
}

test('a splunkd that does not answer keeps nobody from stopping', async () => {
  const stop = new AbortController()
  // Once the request is there.
  const splunkd = await splunkdAt(() => stop.abort(new Error('stopped')), stop.signal)
  await expect(splunkd.get('/services/data/indexes')).rejects.toThrow('stopped')
})

test.each([
  [401, 'session_expired', 'fatal'],
  [403, 'splunkd_refused', 'fatal'],
  [500, 'splunkd_unavailable', 'temporary'],
])('an answer %d is a fault that does not quote the key', async (status, code, fault) => {
  const splunkd = await splunkdAt((_, response) => response.writeHead(status).end('key'))
  await expect(splunkd.get('/services/x')).rejects.toMatchObject({
    ...{ code, fault },
    message: expect.not.stringMatching(/\bkey\.$|Splunk key/) as string,
  })
})

test('what splunkd says of a refusal is in the sentence, without the key', async () => {
  const body = '{"messages":[{"type":"ERROR","text":"The password storage is not ready for key."}]}'
  const splunkd = await splunkdAt((_, response) => response.writeHead(503).end(body))
  await expect(splunkd.get('/services/x')).rejects.toMatchObject({
    message: expect.stringContaining(
      'It says: "The password storage is not ready for [redacted]."',
    ) as string,
  })
})

test.each(['', 'text', 'null', '[]', '{"messages":{}}', '{"messages":[null,1,{"text":2}]}'])(
  'a refusal in a form of its own is the plain sentence: %s',
  async (body) => {
    const splunkd = await splunkdAt((_, response) => response.writeHead(503).end(body))
    await expect(splunkd.get('/services/x')).rejects.toMatchObject({
      message: expect.stringMatching(/^splunkd answered \/services\/x with 503\. Is it starting/) as string,
    })
  },
)

test('a splunkd that cannot be reached is said to be that', async () => {
  const splunkd = openSplunkd({ serverUri: new URL('http://127.0.0.1:1'), sessionKey: 'key' })
  await expect(splunkd.get('/services/x')).rejects.toMatchObject({
    ...{ code: 'splunkd_unavailable', fault: 'temporary' },
    message: expect.stringMatching(/^splunkd cannot be asked\. Nothing accepts connections/) as string,
  })
  await splunkd.close()
})
