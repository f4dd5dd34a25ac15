import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AuditLogEvent } from '@asana-audit/schema'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { endlessValue, type MmdbOptions, mmdb, withMetadata } from '../../../test/support/data/mmdb.ts'
import { type ContextWarning, openContext, tellWarnings } from '../src/index.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'asana-audit-context-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const berlin = {
  continent: { code: 'EU' },
  country: { iso_code: 'DE' },
  subdivisions: [{ iso_code: 'BE' }],
  city: { names: { en: 'Berlin' } },
  postal: { code: '10115' },
  location: { latitude: 52.5, longitude: 13.4 },
}
const places = {
  '192.0.2.0/24': berlin,
  '2001:db8::/32': { country: { iso_code: 'FR' } },
  '10.0.0.0/8': berlin,
  'fd00::/8': berlin,
}
const networks = {
  '192.0.2.0/25': { autonomous_system_number: 64_496, autonomous_system_organization: 'Example Net' },
}

function file(bytes: Buffer | string, name = 'database.mmdb'): string {
  const path = join(folder, name)
  writeFileSync(`${path}.new`, bytes)
  renameSync(`${path}.new`, path)
  return path
}

function from(client_ip_address: unknown, user_agent?: unknown): AuditLogEvent {
  return {
    gid: '1',
    created_at: '2026-01-02T03:04:05Z',
    event_type: 'user_login_succeeded',
    actor: {},
    context: { client_ip_address, user_agent },
  } as AuditLogEvent
}

test('an address has a place and a network, and a user agent is put into words', async () => {
  const context = await openContext({
    userAgent: true,
    geoFile: file(mmdb(places), 'city.mmdb'),
    asnFile: file(mmdb(networks, { type: 'GeoLite2-ASN' }), 'asn.mmdb'),
  })
  expect(context(from(' 192.0.2.7 ', 'curl/8.17.0'))).toEqual({
    userAgent: { name: 'curl', version: '8.17.0' },
    geo: {
      continentCode: 'EU',
      countryIsoCode: 'DE',
      regionIsoCode: 'DE-BE',
      localityName: 'Berlin',
      postalCode: '10115',
      lat: 52.5,
      lon: 13.4,
    },
    as: { number: 64_496, organizationName: 'Example Net' },
  })
  expect(context(from('192.0.2.200'))).toEqual({ geo: expect.objectContaining({ countryIsoCode: 'DE' }) })
  expect(context(from('2001:db8::7'))).toEqual({ geo: { countryIsoCode: 'FR' } })
  expect(context(from('::ffff:192.0.2.7'))).toMatchObject({ geo: { localityName: 'Berlin' } })
  expect(context(from('::ffff:192.0.2.7%eth0'))).toMatchObject({ geo: { localityName: 'Berlin' } })
  expect(context.warnings()).toEqual([])
})

test.each([
  ...[
    '198.51.100.1',
    '2001:db9::1',
    '10.1.2.3',
    'fd00::1',
    '127.0.0.1',
    '::1',
    '::ffff:10.1.2.3',
    'fe80::1%eth0',
  ],
  ...['hmac-sha256:ab', '', '192.0.2.7:443', '192.0.2.7, 10.0.0.1', null, 7, {}],
])('%j has no context', async (address) => {
  const context = await openContext({ geoFile: file(mmdb(places)) })
  expect(context(from(address))).toBeUndefined()
})

test.each([null, 'web', 7, []])('an event whose context is %j has none', async (context) => {
  const found = await openContext({ userAgent: true, geoFile: file(mmdb(places)) })
  expect(found({ ...from(''), context } as unknown as AuditLogEvent)).toBeUndefined()
})

test('nothing is found where nothing is asked for', async () => {
  const context = await openContext({})
  expect(context(from('192.0.2.7', 'curl/8.17.0'))).toBeUndefined()
})

test.each<MmdbOptions>([
  { ipVersion: 4, recordSize: 24 },
  { ipVersion: 4, recordSize: 32 },
  { ipVersion: 6, recordSize: 24 },
  { ipVersion: 6, recordSize: 32, type: 'DBIP-Country-Lite' },
])('a database with %j is read', async (options) => {
  const context = await openContext({ geoFile: file(mmdb({ '192.0.2.0/24': berlin }, options)) })
  expect(context(from('192.0.2.7'))).toMatchObject({ geo: { countryIsoCode: 'DE' } })
  expect(context(from('c000:207::1'))).toBeUndefined()
})

test('fields of other types than documented count as missing', async () => {
  const entry = {
    country: { iso_code: 49 },
    subdivisions: { iso_code: 'BE' },
    city: { names: 'Berlin' },
    postal: { code: '' },
    location: { latitude: 'north', longitude: 13.5 },
    continent: [true],
  }
  const asn = { autonomous_system_number: 1.5, autonomous_system_organization: false }
  const context = await openContext({
    geoFile: file(mmdb({ '192.0.2.0/24': entry, '198.51.100.0/24': 'Berlin' }), 'city.mmdb'),
    asnFile: file(mmdb({ '192.0.2.0/24': asn }, { type: 'GeoIP2-ISP' }), 'isp.mmdb'),
  })
  expect(context(from('192.0.2.7'))).toBeUndefined()
  expect(context(from('198.51.100.7'))).toBeUndefined()
})

const whole = mmdb(places)
test.each([
  ['an empty file', '', /is no MaxMind DB/],
  ['something else', 'hello '.repeat(1_000), /is no MaxMind DB/],
  ['a half download', whole.subarray(0, whole.length / 2), /is no MaxMind DB/],
  [
    'one whose middle is missing',
    Buffer.concat([whole.subarray(0, 40), whole.subarray(-250)]),
    /is no MaxMind DB|is damaged/,
  ],
  [
    'a database of networks',
    mmdb(networks, { type: 'GeoLite2-ASN' }),
    /is of the type GeoLite2-ASN. Give a City or Country database./,
  ],
])('%s is refused with a sentence that names the file', async (_, bytes, sentence) => {
  const path = file(bytes)
  const opened = openContext({ geoFile: path })
  await expect(opened).rejects.toMatchObject({ fault: 'fatal', code: 'bad_database' })
  await expect(opened).rejects.toThrow(sentence)
  await expect(opened).rejects.toThrow(`The file ${path} `)
})

test('a missing file, a folder and a database of the other kind are refused', async () => {
  await expect(openContext({ geoFile: join(folder, 'none') })).rejects.toThrow(
    /cannot be read \(ENOENT\). Download it/,
  )
  await expect(openContext({ geoFile: folder })).rejects.toThrow(/cannot be read \(EISDIR\). It is a folder/)
  await expect(openContext({ asnFile: file(whole) })).rejects.toThrow(
    /is of the type GeoLite2-City. Give an ASN/,
  )
})

/** A text, or a pointer to itself, as the data of a database has them. */
const longText = Buffer.concat([Buffer.from([0x5f, 0, 0, 0]), Buffer.alloc(65_821, 'a')])
const itself = Buffer.from([0x20, 0])
/** 16 million values that take no bytes. */
const longList = Buffer.from([31, 4, 255, 255, 255])

test.each([
  ['is cut', Buffer.from([0x5f])],
  ['never ends', endlessValue()],
  ['points to itself', itself],
  ['has a text without measure', longText],
  ['has a list without measure', longList],
])(
  'an entry that %s counts as none, which is told once, and the rest of the file is used',
  async (_, entry) => {
    const told: ContextWarning[] = []
    const path = file(mmdb({ '198.51.100.0/24': entry, '192.0.2.0/24': { country: { iso_code: 'DE' } } }))
    const context = await openContext({ geoFile: path, onWarning: (warning) => told.push(warning) })
    expect(context(from('192.0.2.7'))).toEqual({ geo: { countryIsoCode: 'DE' } })
    expect(told).toEqual([])
    for (const host of [7, 8, 7]) expect(context(from(`198.51.100.${host}`))).toBeUndefined()
    expect(context(from('192.0.2.8'))).toEqual({ geo: { countryIsoCode: 'DE' } })
    const message = `The file ${path} has a damaged entry, which counts as none. Download it again.`
    expect(told).toEqual([{ code: 'damaged_database', message }])
  },
)

test('a file whose first entries, or whose metadata, never end is refused', async () => {
  const path = file(mmdb({ '198.0.0.0/8': endlessValue() }))
  await expect(openContext({ geoFile: path })).rejects.toThrow(
    `The file ${path} is damaged. Download it again.`,
  )
  file(withMetadata(whole, endlessValue()))
  await expect(openContext({ geoFile: path })).rejects.toThrow('is no MaxMind DB, or not a whole one')
})

test('a file with metadata in very many places is refused before much of it is checked', async () => {
  // A list of 30,000 values, and a pointer to it behind each of 1,000 beginnings of metadata. Of 100,000, the check took minutes.
  const list = Buffer.concat([Buffer.from([30, 4, 0x74, 0x13]), Buffer.alloc(60_000, Buffer.from([0, 7]))])
  const each = Buffer.concat([Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1'), Buffer.alloc(5)])
  const all = Buffer.alloc(1_000 * each.length, each)
  for (let end = each.length; end <= all.length; end += each.length) {
    all[end - 5] = 0x38
    all.writeUInt32BE(all.length - end + 5, end - 4)
  }
  const path = file(Buffer.concat([all, list, whole]))
  await expect(openContext({ geoFile: path })).rejects.toThrow('is no MaxMind DB, or not a whole one')
})

test('what a file calls itself is shown in one short line without effect on a terminal', async () => {
  const type = `\u001b[2J\n${'x'.repeat(250)}`
  const opened = openContext({ geoFile: file(mmdb(places, { type })) })
  await expect(opened).rejects.toThrow(/is of the type \[2J x{190,200}…\. Give a City or Country database\.$/)
})

test('an unknown option is refused with the nearest name', async () => {
  await expect(openContext({ geofile: 'x' } as object)).rejects.toMatchObject({ code: 'unknown_option' })
})

test('who asked is told what is wrong, each once until it has ended or has another cause', () => {
  let wrong: ContextWarning[] = []
  const told: string[] = []
  const context = tellWarnings(
    Object.assign(() => undefined, { warnings: () => wrong }),
    ({ code, message }) => told.push(`${code}: ${message}`),
  )
  const old = (message: string): ContextWarning => ({ code: 'old_database', message })
  const damaged: ContextWarning = { code: 'damaged_database', message: 'Damaged.' }
  for (const now of [
    [],
    [old('Gone.')],
    [old('Gone.'), damaged],
    [damaged],
    [old('Gone.')],
    [old('Broken.')],
  ]) {
    wrong = now
    context(from('192.0.2.7'))
  }
  expect(told).toEqual([
    'old_database: Gone.',
    'damaged_database: Damaged.',
    'old_database: Gone.',
    'old_database: Broken.',
  ])
  expect(context.warnings()).toEqual([old('Broken.')])
})
