import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Running, startCommand, temporaryFolder } from '../support/commands/run-command.ts'
import { loginEvent, startAsana, token } from '../support/servers/asana-server.ts'

// A secret that is replaced or vanishes while a command reads: nothing is lost, no event comes twice, and it is said once.

const secondToken = '2/1200000000000099/31338:fedcba9876543210fedcba9876543210'
const dayMs = 86_400_000
const begin = Date.now() - 3 * dayMs
/** Three pages. */
const events = Array.from({ length: 250 }, (_, index) =>
  loginEvent(index, { created_at: new Date(begin + index * 60_000).toISOString() }),
)
const gids = events.map((event) => (JSON.parse(event) as { gid: string }).gid)
const range = ['--since', new Date(begin - 1).toISOString(), '--until', new Date(begin + dayMs).toISOString()]

/** A command, and the gids that it has shown or delivered. Undefined: it does not list events. */
interface Reader {
  readonly args: (folder: string) => readonly string[]
  readonly gids: (folder: string, stdout: string) => readonly string[] | undefined
  /** A command that must have run before. */
  readonly before?: Reader
}

const inFile = (folder: string): string[] =>
  readFileSync(join(folder, 'audit.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { gid: string }).gid)
    .sort()
const to = (folder: string): string[] => ['--to', `file:${join(folder, 'audit.jsonl')}`, '--format', 'event']
const delivering = (...args: string[]): Reader => ({
  args: (folder) => [...args, ...to(folder)],
  gids: inFile,
})

const run = delivering('run', '--once')

const readers: Readonly<Record<string, Reader>> = {
  run,
  backfill: delivering('backfill', ...range),
  query: {
    args: () => ['query', '--output', 'jsonl', ...range],
    gids: (_, stdout) =>
      stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { gid: string }).gid),
  },
  report: {
    args: (folder) => ['report', '--out', join(folder, 'report.html'), ...range],
    gids: (folder) => {
      expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain('250')
      return undefined
    },
  },
  detect: { args: () => ['detect', ...range], gids: () => undefined },
  verify: {
    before: run,
    args: (folder) => ['verify', ...to(folder)],
    gids(_, stdout) {
      expect(stdout).toMatch(/the destination accepted exactly these/)
      return undefined
    },
  },
}

async function finished(running: Running, { gids: shown }: Reader, folder: string): Promise<string> {
  const { code, stderr, stdout } = await running.finished
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.anything() })
  const found = shown(folder, stdout)
  if (found) expect(found).toEqual(gids)
  expect(`${stdout}${stderr}`).not.toMatch(/0123456789abcdef|fedcba9876543210/)
  return stderr.replaceAll(/\s+/g, ' ')
}

async function before(reader: Reader, folder: string, env: Readonly<Record<string, string>>): Promise<void> {
  const first = reader.before
  if (first) await finished(startCommand(first.args(folder), { env }), first, folder)
}

const timesSaid = (stderr: string, sentence: RegExp): number => [...stderr.matchAll(sentence)].length

describe.each(Object.entries(readers))('%s', (_, reader) => {
  test('uses the second token at once when the first is revoked between two pages', async () => {
    let first = Number.POSITIVE_INFINITY
    let isRevoked = false
    const asana = await startAsana({
      events,
      accepts: (sent) => sent === secondToken || (sent === token && !isRevoked),
      instead(_response, request) {
        isRevoked = request > first
        return false
      },
    })
    const folder = temporaryFolder()
    const state = { ASANA_AUDIT_STATE: join(folder, 'state.db') }
    const env = { ...asana.env, ...state, ASANA_SECOND_TOKEN: secondToken }
    await before(reader, folder, env)
    first = asana.requests.length
    const stderr = await finished(startCommand(reader.args(folder), { env }), reader, folder)
    expect(timesSaid(stderr, /Asana refuses the token from the variable ASANA_TOKEN/g)).toBe(1)
  })

  test('goes on with the token it has when its file vanishes between two pages', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'token')
    writeFileSync(file, token)
    const sentence =
      /The token file \(\S+\) cannot be read \(ENOENT\)\. .*? Until then, what it held before is used\./g
    let first = Number.POSITIVE_INFINITY
    let running: Running | undefined
    const asana = await startAsana({
      events,
      instead(response, request) {
        if (request > first) rmSync(file, { force: true })
        // Until it has looked at the file again.
        const waits =
          request > first && timesSaid(running?.stderr().replaceAll(/\s+/g, ' ') ?? '', sentence) === 0
        if (waits) response.writeHead(503).end()
        return waits
      },
    })
    const { ASANA_TOKEN: __, ...address } = asana.env
    const env = { ...address, ASANA_TOKEN_FILE: file, ASANA_AUDIT_STATE: join(folder, 'state.db') }
    await before(reader, folder, env)
    first = asana.requests.length
    running = startCommand(reader.args(folder), { env })
    expect(timesSaid(await finished(running, reader, folder), sentence)).toBe(1)
  })
})
