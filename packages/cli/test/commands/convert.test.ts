import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, readFileSync, writeFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { readRecords } from '@asana-audit/otlp'
import { fromLogRecord } from '@asana-audit/schema'
import { toAsim } from '@asana-audit/schema/dialects/asim'
import { toCim } from '@asana-audit/schema/dialects/cim'
import { toEcs } from '@asana-audit/schema/dialects/ecs'
import { toOcsf } from '@asana-audit/schema/dialects/ocsf'
import { toPanther } from '@asana-audit/schema/dialects/panther'
import { toUdm } from '@asana-audit/schema/dialects/udm'
import { describe, expect, test } from 'vitest'
import type { Dialect } from '../../src/dialect.ts'
import { lineIn } from '../../src/dialect-lines.ts'
import { readEvents } from '../../src/input/files/read-events.ts'
import { event, writeArchive } from '../support/archive.ts'
import { bin, type Ran, runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const file = temporaryFolder()

function written(content: string | Uint8Array): string {
  const path = file(`${crypto.randomUUID()}.json`)
  writeFileSync(path, content)
  return path
}

function lines(stdout: string): object[] {
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

/** The events of a file, and the problem in place of each part that could not be read. */
async function readAll(path: string): Promise<unknown[]> {
  const read = await Array.fromAsync(readEvents({ input: createReadStream(path), name: 'bad' }))
  return read.map((one) => (typeof one === 'object' ? Object.values(one)[0] : one))
}

async function convert(format: string, ...args: readonly string[]): Promise<Ran> {
  return await runCommand(['convert', '--format', format, ...args])
}

const three = [event('1'), event('2', { event_type: 'workspace_export_started' }), event('3')]
const jsonLines = three.map((one) => `${JSON.stringify(one)}\n`).join('')

describe('convert recognises the form of its input', () => {
  test.each([
    ['JSON lines of events', () => written(jsonLines)],
    ['the same without a last line feed', () => written(jsonLines.trimEnd())],
    ['the same, with empty lines and \\r\\n', () => written(jsonLines.replaceAll('\n', '\r\n\r\n'))],
    ['the same with gzip', () => written(gzipSync(jsonLines))],
    ['a page of Asana', () => written(JSON.stringify({ data: three, next_page: { offset: 'x' } }))],
    [
      'a page printed over many lines',
      () => written(JSON.stringify({ data: three, next_page: null }, null, 2)),
    ],
    [
      'pages one after the other',
      () => written(three.map((one) => JSON.stringify({ data: [one] }, null, 4)).join('\n')),
    ],
    ['a list', () => written(JSON.stringify(three, null, '\t'))],
    ['OTLP JSON lines', () => writeArchive(file(`${crypto.randomUUID()}.jsonl`), three)],
    [
      'several forms in one file',
      async () => {
        const [one, two, last] = three
        return written(
          `${JSON.stringify(one)}\n${JSON.stringify({ data: [two] }, null, 2)}\n${JSON.stringify([last])}`,
        )
      },
    ],
  ])('%s', async (_, input) => {
    expect(await readAll(await input())).toEqual(three)
  })

  test('standard input and files are read in the order in which they are given', async () => {
    const child = spawn(process.execPath, [bin, 'convert', '--format', 'event', '-', written(jsonLines)])
    child.stdin.end(JSON.stringify(event('first')))
    const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, 'close')])
    expect(lines(stdout)).toEqual([event('first'), ...three])
    expect(code).toBe(0)
  })
})

describe('a dialect', () => {
  test('gives the same object as its function in the library', () => {
    for (const one of three) {
      const line = (dialect: Dialect) => JSON.parse(lineIn(dialect, one, { workspace: '42' }))
      expect(line('event')).toEqual(one)
      expect(line('panther')).toEqual(toPanther(one))
      expect(line('ocsf')).toEqual(toOcsf(one, { workspace: '42' }))
      expect(line('ecs')).toEqual(toEcs(one, { workspace: '42' }))
      expect(line('udm')).toEqual(toUdm(one, { workspace: '42' }))
      expect(line('asim')).toEqual(toAsim(one, { workspace: '42' }))
      expect(line('cim')).toEqual(toCim(one, { workspace: '42' }))
    }
  })

  test('otlp can be read back as the same events, with their workspace', async () => {
    const { stdout } = await convert('otlp', '--workspace', '42', written(jsonLines))
    const input = Readable.from([Buffer.from(stdout)])
    const onProblem = ({ message }: { message: string }) => expect.fail(message)
    const records = await Array.fromAsync(readRecords({ input, name: 'stdout', onProblem }))
    expect(records.map(fromLogRecord)).toEqual(three)
    expect(records.map(({ resource }) => resource['asana.workspace.gid'])).toEqual(['42', '42', '42'])
  })

  test('the workspace and the time of reading that are in an archive are kept', async () => {
    const archive = await writeArchive(file('whose.jsonl'), three, { workspace: '77' })
    // As somebody would have it who set `relevance` for the pipeline.
    writeFileSync(archive, readFileSync(archive, 'utf8').replaceAll('"informational"', '"critical"'))
    const ecs = lines((await convert('ecs', '--workspace', '42', archive)).stdout)
    expect(ecs).toMatchObject([
      { organization: { id: '77' }, event: { created: expect.any(String) } },
      {},
      {},
    ])
    const otlp = lines((await convert('otlp', archive)).stdout)
    expect(JSON.stringify(otlp)).toContain('"77"')
  })
})

describe('input that cannot be read', () => {
  test('is reported with its line and the reason; the rest is written and the exit status is 1', async () => {
    const bad = written(
      [
        JSON.stringify(event('1')),
        '{"gid":"torn', // 2
        JSON.stringify({ ...event('2'), actor: undefined }), // 3
        JSON.stringify(event('3')),
        JSON.stringify({ data: [event('4'), 'not an event', event('5')] }), // 5
        '{"resourceLogs":7}', // 6
        '"text"', // 7
        '{', // 8, begins and has no end
        '  "gid": "6",',
        JSON.stringify(event('7')),
        '{"errors":[{"message":"Not Authorized"}]}', // 11
      ].join('\n'),
    )
    const { code, stdout, stderr } = await convert('event', bad)
    expect(lines(stdout)).toEqual(['1', '3', '4', '5', '7'].map((gid) => event(gid)))
    expect(stderr.replaceAll(bad, 'bad').split('\n')).toEqual([
      'bad, line 2: it is not JSON; left out.',
      'bad, line 3: it is not an event (actor: missing); left out.',
      'bad, line 5, event 2: it is not an event (not an object); left out.',
      'bad, line 6: these are not OTLP logs (it has no list resourceLogs); left out.',
      'bad, line 7: it is not an event (not an object); left out.',
      'bad, line 8: the JSON that begins here has no end; left out.',
      expect.stringMatching(/^bad, line 11: it is not an event \(gid: missing;.*\); left out\.$/),
      'The result is not complete: 7 parts of the input could not be read.',
      '',
    ])
    expect(code).toBe(1)
  })

  test('does not stop the next file, even if it is damaged gzip', async () => {
    const cut = written(gzipSync(jsonLines.repeat(50)).subarray(0, 90))
    const { code, stdout, stderr } = await convert('event', cut, written(jsonLines))
    expect(lines(stdout).slice(-3)).toEqual(three)
    expect(stderr).toMatch(/is damaged gzip/)
    expect(code).toBe(1)
  })

  test('may be bytes that are not UTF-8, or JSON without its end', async () => {
    const bytes = Buffer.concat([
      Buffer.from(jsonLines),
      Buffer.from([0xff, 0x0a]),
      Buffer.from('{\n  "gid"'),
    ])
    expect(await readAll(written(bytes))).toEqual([
      ...three,
      'bad, line 4: it is not UTF-8; left out.',
      'bad, line 5: the JSON that begins here has no end; left out.',
    ])
  })

  test('is named line by line only at the beginning, with the number of all; with --log json each is', async () => {
    const bad = written('nonsense\n'.repeat(1_000))
    const { stderr, code } = await convert('udm', bad)
    expect(code).toBe(1)
    const said = stderr.trimEnd().split('\n')
    expect(said[0]).toBe(`${bad}, line 1: it is not JSON; left out.`)
    expect(said).toHaveLength(23)
    expect(said.slice(-3)).toEqual([
      'The result is not complete: 1,000 parts of the input could not be read.',
      'Only the first 20 of them are named above.',
      expect.stringMatching(/^No event was read\. A file may hold /),
    ])
    const json = await convert('udm', '--log', 'json', bad)
    const told = lines(json.stderr).filter((line) => (line as { message: string }).message === 'left_out')
    expect(told).toHaveLength(1_000)
  })

  test('half a line at the end, which somebody may be writing, is told and is no loss', async () => {
    const { code, stdout, stderr } = await convert('event', written(`${jsonLines}{"gid":"4","crea`))
    expect([code, lines(stdout)]).toEqual([0, three])
    expect(stderr).toContain('line 4: half a line at the end')
    // A whole document on one line is written at once: it was cut off.
    expect(await convert('event', written('{"data":[{"gid":"4"'))).toMatchObject({ code: 1 })
  })

  test('logs of other programs are counted, and the exit status is 0', async () => {
    const foreign = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'hello' } }] }] }] }
    const { code, stdout, stderr } = await convert('event', written(JSON.stringify(foreign)))
    expect([code, stdout]).toEqual([0, ''])
    expect(stderr).toContain('1 record of the input held no Asana audit event.\n')
  })

  test('that a Collector has changed is counted, with the names, and the exit status is 0', async () => {
    const { stdout: otlp } = await convert('otlp', '--workspace', '42', written(jsonLines))
    const whole = await convert('event', written(otlp))
    expect(whole.stderr).toBe('')
    const relabelled = otlp
      .replaceAll('"user.email"', '"email"')
      .replace('"log.record.uid"', '"uid"')
      .replace('"asana.audit.relevance"', '"relevance"')
      .replace('"eventName":"asana.audit.workspace_export_started"', '"eventName":"export"')
    const { code, stdout, stderr } = await convert('event', written(relabelled))
    expect({ code, stdout }).toEqual({ code: 0, stdout: whole.stdout })
    expect(stderr).toMatch(/^3 records of the input did not arrive as written: missing or changed: /)
    for (const name of ['log.record.uid', 'user.email', 'asana.audit.relevance', 'the name of the event'])
      expect(stderr).toContain(name)
    const query = await runCommand(['query', '--output', 'jsonl', '--from', written(relabelled)])
    expect(query.stderr).toContain('did not arrive as written')
  })

  test('whose attributes are all renamed is one of ours, and damaged', async () => {
    const { stdout: otlp } = await convert('otlp', written(jsonLines))
    const { code, stderr } = await convert(
      'event',
      written(otlp.replaceAll('"key":"asana.', '"key":"vendor.')),
    )
    expect(code).toBe(1)
    expect(stderr).toContain('hold no event')
  })

  test('is reported in JSON with --log json', async () => {
    const { stderr } = await convert('event', '--log', 'json', written('nonsense\n'))
    expect(lines(stderr)[0]).toMatchObject({ message: 'left_out', detail: expect.stringMatching(/line 1/) })
  })
})

test('the SAML response of an identity provider is dropped, as everywhere', async () => {
  const login = event('1', { details: { method: ['SAML'], saml_response: '<secret/>' } })
  expect(await readAll(written(JSON.stringify(login)))).toEqual([{ ...login, details: { method: ['SAML'] } }])
})

test('an integer too big for a double keeps its digits', async () => {
  const line = JSON.stringify(event('1')).replace('"details":{', '"details":{"big":12345678901234567890,')
  expect(await readAll(written(line))).toMatchObject([{ details: { big: '12345678901234567890' } }])
})

test('characters of an event that a terminal would act on are written as escapes', async () => {
  const { stdout } = await convert('event', written(JSON.stringify(event('\u001b[2J\u202e'))))
  expect(stdout).toMatch(/^[ -~\n]*$/)
  expect(lines(stdout)).toEqual([event('\u001b[2J\u202e')])
})

test('missing files are all reported at once, with exit 2', async () => {
  const { code, stdout, stderr } = await convert('event', '/nowhere/a', '/nowhere/b', '-', '-')
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr.match(/cannot be read/g)).toHaveLength(2)
  expect(stderr).toMatch(/Give - once/)
})

test('an unknown dialect is refused with exit 2 and the list of dialects', async () => {
  const { code, stderr } = await convert('leef', written(''))
  expect(code).toBe(2)
  expect(stderr).toMatch(/otlp.*event.*panther.*ocsf.*ecs.*cim/)
})

test('a record whose time of reading is out of range is written without that time', async () => {
  const archive = await writeArchive(file('late.jsonl'), three)
  const times = ['99999999999999999999', '18446744073000000000', '18446744072999999999'].values()
  const text = readFileSync(archive, 'utf8').replaceAll(
    /("observedTimeUnixNano":")\d+/g,
    (_, name) => name + times.next().value,
  )
  const { code, stdout } = await convert('otlp', written(text))
  expect([code, lines(stdout)]).toEqual([0, expect.objectContaining({ length: 3 })])
  expect(stdout.match(/18446744072999999999/g)).toHaveLength(1)
})
