import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readTenantCsv } from '../../src/tenants/tenant-csv.ts'

const header = 'name,workspace,token_ref,destination,poll_seconds'

test('a line is a tenant, and the pace may be left empty', () => {
  const csv = `${header}\nacme,1234567890123456,file:/run/secrets/acme,siem,30\n"Beta, Inc.",42,env:BETA,siem,\n`
  expect(readTenantCsv(csv)).toEqual({
    problems: [],
    tenants: [
      {
        line: 2,
        tenant: {
          ...{ name: 'acme', workspace: '1234567890123456', tokenRef: 'file:/run/secrets/acme' },
          ...{ destination: 'siem', pollSeconds: 30 },
        },
      },
      {
        line: 3,
        tenant: {
          ...{ name: 'Beta, Inc.', workspace: '42', tokenRef: 'env:BETA', destination: 'siem' },
          pollSeconds: undefined,
        },
      },
    ],
  })
})

test('columns come in any order, poll_seconds may be missing, and a byte order mark is no part of a name', () => {
  const csv = '\ufefftoken_ref,name,destination,workspace\r\nenv:A,acme,siem,1\r\n'
  expect(readTenantCsv(csv)).toMatchObject({
    problems: [],
    tenants: [{ line: 2, tenant: { name: 'acme', workspace: '1', tokenRef: 'env:A', destination: 'siem' } }],
  })
})

test('all wrong lines are told at once, each with its number', () => {
  const csv = [
    header,
    'acme,not a gid,env:A,siem,60',
    'beta,2,the-token,siem,soon',
    'gamma,3,env:C',
    '',
    ',4,file:secrets/delta,,0',
    'acme2,5,env:E,siem,60',
    'acme2,6,env:F,siem,60',
  ].join('\n')
  const { problems } = readTenantCsv(csv)
  expect(problems.map(({ line, field }) => [line, field])).toEqual([
    [2, 'workspace'],
    [3, 'token_ref'],
    [3, 'poll_seconds'],
    [4, undefined],
    [6, 'name'],
    [6, 'destination'],
    [6, 'token_ref'],
    [6, 'poll_seconds'],
    [8, 'name'],
  ])
  expect(problems.at(-1)?.message).toContain('on line 7 as well')
})

test('a line that is wrong for one reason is told the others as well: an unknown destination and a repeated name', () => {
  const csv = `${header}\nacme,1,env:A,siem,60\nacme,not a gid,env:B,sime,60\n`
  const { tenants, problems } = readTenantCsv(csv, { destinations: ['siem'] })
  expect(problems.map(({ line, field }) => [line, field])).toEqual([
    [3, 'workspace'],
    [3, 'destination'],
    [3, 'name'],
  ])
  expect(problems[1]?.message).toContain('Did you mean siem?')
  expect(tenants.map(({ line }) => line)).toEqual([2])
})

test('a name that was saved in another encoding than UTF-8 is refused: it would be the name of the position', () => {
  const bytes = Buffer.from(`${header}\nM\u00fcller,1,env:A,siem,60\n`, 'latin1')
  const { problems } = readTenantCsv(bytes.toString('utf8'))
  expect(problems).toEqual([{ line: 2, field: 'name', message: expect.stringContaining('UTF-8') }])
})

test('a line after a value with a line feed, and after a wrong quote, keeps its number', () => {
  const csv = `${header}\n"two\nlines",1,env:A,siem,60\nbe"ta,2,"en"v:B",siem,60\ngamma,3,nowhere,siem,60\n`
  const { problems } = readTenantCsv(csv)
  const places = problems.map(({ line, field }) => [line, field])
  expect(places).toContainEqual([3, 'name'])
  expect(places).toContainEqual([4, undefined])
  expect(places).toContainEqual([5, 'token_ref'])
})

test.each([
  ['', 1, 'The file is empty'],
  ['name;workspace;token_ref;destination\nacme;1;env:A;siem', 1, 'not separated by commas'],
  ['name,workspace,destination\nacme,1,siem', 1, 'This column is missing'],
  ['name,workspace,token-ref,destination\nacme,1,env:A,siem', 1, 'Did you mean token_ref?'],
  [`${header}\n"acme,1,env:A,siem,60\n`, 2, 'never closed'],
])('%j says what is wrong with the file', (csv, line, message) => {
  const found = readTenantCsv(csv).problems
  expect(found.some((one) => one.line >= line && one.message.includes(message))).toBe(true)
})

test('no message quotes a token that was written by mistake', () => {
  const token = '2/1234567890123456/1234567890123456:0123456789abcdef0123456789abcdef'
  const csv = `${header}\nacme,1,${token},siem,60\nbeta,1,env:${token},siem,60\ngamma,1,exec:curl ${token},siem,60`
  const { problems } = readTenantCsv(csv)
  expect(problems.map(({ line }) => line)).toEqual([2, 3, 4])
  expect(JSON.stringify(problems)).not.toContain('0123456789abcdef')
})

test('whatever a file holds, each line is a tenant, told as wrong, or empty', () => {
  const cell = fc.constantFrom('acme', '1', 'env:A', 'siem', '60', '', '"a,b"', '"a ""b"""', ' ', '\u{1f600}')
  const line = fc.array(cell, { maxLength: 6 }).map((cells) => cells.join(','))
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
      const { tenants, problems } = readTenantCsv([header, ...lines].join('\n'))
      const told = new Set([...tenants, ...problems].map((one) => one.line))
      expect(lines.every((text, index) => text.trim() === '' || told.has(index + 2))).toBe(true)
    }),
  )
})

test('quotes in any place give tenants or problems, and never nothing', () => {
  const text = fc.array(fc.constantFrom('"', ',', '\n', 'a', ' '), { minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(text, (parts) => {
      const body = parts.join('')
      const { tenants, problems } = readTenantCsv(`${header}\n${body}`)
      expect(tenants.length + problems.length > 0 || body.trim() === '').toBe(true)
    }),
  )
})
