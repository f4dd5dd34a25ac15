import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import {
  appendFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
} from 'node:fs'
import { join, relative } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { isClaimed, type LineFileSink } from '@asana-audit/jsonl'
import { describe, expect, onTestFinished, test } from 'vitest'
import { neverAborted } from '../../jsonl/test/support/never-aborted.ts'
import { tempDir } from '../../jsonl/test/support/temp-dir.ts'
import { fileSink, type SinkWarning } from '../src/index.ts'
import { faultOf } from './support/fault-of.ts'
import { uidsByLine } from './support/lines-of.ts'
import { origin, record } from './support/records.ts'

interface Outcome {
  readonly accepted?: readonly string[]
  readonly code?: string
}

interface Writer {
  readonly outcomes: readonly Outcome[]
  /** Resolves after this number of writes has ended. */
  after(writes: number): Promise<void>
  /** Resolves after its first write. */
  accepts(): Promise<void>
  /** Sends SIGKILL. */
  kill(): Promise<void>
}

const script = fileURLToPath(new URL('./support/write-in-turns.ts', import.meta.url))

function startWriter(path: string, name: string, rotateBytes?: number): Writer {
  const args = [script, path, name, ...(rotateBytes === undefined ? [] : [String(rotateBytes)])]
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const exit = once(child, 'exit')
  onTestFinished(() => void child.kill('SIGKILL'))
  const outcomes: Outcome[] = []
  const told = new EventEmitter()
  createInterface({ input: child.stdout! }).on('line', (line) => {
    outcomes.push(JSON.parse(line) as Outcome)
    told.emit('outcome')
  })
  return {
    outcomes,
    async after(writes) {
      while (outcomes.length < writes) await once(told, 'outcome')
    },
    async accepts() {
      while (!outcomes.some(({ accepted }) => accepted)) await once(told, 'outcome')
    },
    async kill() {
      child.kill('SIGKILL')
      await exit
    },
  }
}

function sinkAt(
  path: string,
  onWarning?: (warning: SinkWarning) => void,
): LineFileSink<ReturnType<typeof record>> {
  const sink = fileSink({ ...origin, path, onWarning })
  onTestFinished(() => sink.close?.())
  return sink
}

const codeOf = async (write: Promise<unknown>): Promise<string | undefined> => (await faultOf(write)).code

const uidsIn = (dir: string): Set<unknown> =>
  new Set<unknown>(
    readdirSync(dir)
      .filter((name) => name.endsWith('.jsonl'))
      .flatMap((name) => uidsByLine(join(dir, name)).flat()),
  )

describe('several processes with one file', () => {
  test.each([undefined, 1_000_000])('lose no accepted record, with rotation at %s', async (rotateBytes) => {
    const dir = tempDir()
    const path = join(dir, 'audit.jsonl')
    const first = startWriter(path, 'first', rotateBytes)
    await first.after(3)
    const others = ['second', 'third'].map((name) => startWriter(path, name, rotateBytes))
    for (const other of others) await other.after(5)
    await first.after(first.outcomes.length + 5)
    await first.kill()
    // The lock ended with its holder. One of the others continues, and cuts off the half line that the kill left.
    await Promise.any(others.map((other) => other.accepts()))
    for (const other of others) await other.kill()

    for (const other of others)
      expect(other.outcomes.slice(0, 5)).toEqual(Array(5).fill({ code: 'file_in_use' }))
    for (const { code } of first.outcomes) expect(code).toBeUndefined()
    // A half line of a killed process was not accepted.
    await sinkAt(path).open()
    const readable = uidsIn(dir)
    const accepted = [first, ...others].flatMap(({ outcomes }) =>
      outcomes.flatMap((one) => one.accepted ?? []),
    )
    expect(accepted.length).toBeGreaterThan(100)
    expect(accepted.filter((id) => !readable.has(id))).toEqual([])
  })
})

describe('a file that another sink writes', () => {
  test.each<[string, (path: string) => string]>([
    ['itself', (path) => path],
    ['a relative path', (path) => relative(process.cwd(), path)],
    [
      'a symbolic link',
      (path) => {
        symlinkSync(path, `${path}.link`)
        return `${path}.link`
      },
    ],
    [
      'a link to its folder',
      (path) => {
        const folder = join(tempDir(), 'link')
        symlinkSync(join(path, '..'), folder)
        return join(folder, 'audit.jsonl')
      },
    ],
  ])('is refused by %s, before a byte of it is cut', async (_, other) => {
    const path = join(tempDir(), 'audit.jsonl')
    const holder = sinkAt(path)
    await holder.write([record('a')], neverAborted)
    const second = sinkAt(other(path))
    // Another process would find the file like this while a line is being written.
    appendFileSync(path, '{"resource')
    expect(await codeOf(second.write([record('b')], neverAborted))).toBe('file_in_use')
    expect(await codeOf(second.open())).toBe('file_in_use')
    expect(readFileSync(path, 'utf8')).toMatch(/\n\{"resource$/)
  })

  test('is refused through a hard link, because the lock file is beside another name', async () => {
    const path = join(tempDir(), 'audit.jsonl')
    await sinkAt(path).write([record('a')], neverAborted)
    const other = join(tempDir(), 'other.jsonl')
    linkSync(path, other)
    const refused = await faultOf(sinkAt(other).write([record('b')], neverAborted))
    expect(refused).toMatchObject({ fault: 'fatal', code: 'hard_linked', accepted: 0 })
    expect(uidsByLine(other)).toEqual([['a']])
  })

  test('is free after that sink is closed', async () => {
    const path = join(tempDir(), 'audit.jsonl')
    const first = sinkAt(path)
    await first.open()
    expect(await isClaimed(path)).toBe(true)
    await first.close?.()
    expect(await isClaimed(path)).toBe(false)
    await sinkAt(path).write([record('b')], neverAborted)
    expect(uidsByLine(path)).toEqual([['b']])
  })

  test('is still refused after its owner has rotated it', async () => {
    const path = join(tempDir(), 'audit.jsonl')
    const holder = fileSink({ ...origin, path, rotateBytes: 1 })
    onTestFinished(() => holder.close?.())
    await holder.write([record('a')], neverAborted)
    await holder.write([record('b')], neverAborted)
    expect(await codeOf(sinkAt(path).write([record('c')], neverAborted))).toBe('file_in_use')
  })
})

describe('a sink whose file', () => {
  test('was written by another program without a lock stops, and cuts nothing off', async () => {
    const path = join(tempDir(), 'audit.jsonl')
    const sink = sinkAt(path)
    await sink.write([record('a')], neverAborted)
    const others = readFileSync(path)
    appendFileSync(path, others)
    expect(await faultOf(sink.write([record('b')], neverAborted))).toMatchObject({
      fault: 'fatal',
      code: 'file_in_use',
      accepted: 0,
    })
    expect(uidsByLine(path)).toEqual([['a'], ['a']])
  })

  test('was emptied by a program that rotates by copying continues at its beginning', async () => {
    const path = join(tempDir(), 'audit.jsonl')
    const sink = sinkAt(path)
    await sink.write([record('a')], neverAborted)
    truncateSync(path, 0)
    await sink.write([record('b')], neverAborted)
    expect(uidsByLine(path)).toEqual([['b']])
  })

  test('is reached by a link writes and rotates the file itself', async () => {
    const dir = tempDir()
    mkdirSync(join(dir, 'real'))
    const link = join(dir, 'link.jsonl')
    symlinkSync(join(dir, 'real', 'audit.jsonl'), link)
    const sink = fileSink({ ...origin, path: link, rotateBytes: 1 })
    onTestFinished(() => sink.close?.())
    await sink.write([record('a')], neverAborted)
    await sink.write([record('b')], neverAborted)
    expect(uidsByLine(link)).toEqual([['b']])
    expect(uidsIn(join(dir, 'real'))).toEqual(new Set<unknown>(['a', 'b']))
  })
})
