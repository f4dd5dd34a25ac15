import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Command, commandOf, secretCommand } from '@asana-audit/core/config'
import { tellOldSecret } from '@asana-audit/core/sink-kit'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { faultOf } from '../support/fault-of.ts'
import { steppedClock } from '../support/stepped-clock.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secret-command-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** A store of secrets: prints its file, and notes that it was asked. */
async function store(
  text: string,
): Promise<{ command: Command; put(text: string): Promise<void>; runs(): Promise<number> }> {
  const [answer, log] = [join(folder, 'answer'), join(folder, 'log')]
  await writeFile(answer, text)
  await appendFile(log, '')
  const script = `
    const fs = require('node:fs')
    fs.appendFileSync(${JSON.stringify(log)}, '.')
    process.stdout.write(fs.readFileSync(${JSON.stringify(answer)}))`
  return {
    command: [process.execPath, '-e', script],
    put: (next) => writeFile(answer, next),
    runs: async () => (await readFile(log, 'utf8')).length,
  }
}

const node = (script: string): Command => [process.execPath, '-e', script]

test('a command is run once for many requests, and again after five minutes', async () => {
  const clock = steppedClock()
  const { command, put, runs } = await store('first\n')
  const read = secretCommand(command, clock)
  expect(await Promise.all([read(), read()])).toEqual(['first', 'first'])
  await put('second\n')
  await clock.pass(299_999)
  expect(await read()).toBe('first')
  expect(await runs()).toBe(1)
  await clock.pass(1)
  expect(await read()).toBe('second')
})

test('after a refusal it is run again, but not within 30 seconds of the last run', async () => {
  const clock = steppedClock()
  const { command, put, runs } = await store('first')
  const read = secretCommand(command, clock)
  await read()
  await put('second')
  const refused = new Set(['first'])
  await clock.pass(29_999)
  expect(await read.another?.(refused)).toBeUndefined()
  expect(await runs()).toBe(1)
  await clock.pass(1)
  expect(await read.another?.(refused)).toBe('second')
  expect(await read()).toBe('second')
})

test('if a command fails later, its last answer is used until it is refused, and that is said once', async () => {
  const clock = steppedClock()
  const { command, put } = await store('first')
  const told: string[] = []
  const read = tellOldSecret(secretCommand(command, clock), (message) => told.push(message))
  await read()
  expect(told).toEqual([])
  await rm(join(folder, 'answer'))
  await clock.pass(300_000)
  for (const _ of [1, 2, 3]) {
    expect(await read()).toBe('first')
    await clock.pass(30_000)
  }
  expect(told).toEqual([
    expect.stringMatching(/ended with status 1.*Until it prints one again, the last one is used\.$/),
  ])
  expect(await faultOf(Promise.resolve(read.another?.(new Set(['first']))))).toMatchObject({
    code: 'secret_command',
  })
  await put('second')
  await clock.pass(30_000)
  expect(await read()).toBe('second')
  expect(told).toHaveLength(1)
})

describe('a command that gives no secret is a fault that says what to do', () => {
  test.each<[what: string, command: Command, said: RegExp]>([
    ['prints nothing', node(''), /printed nothing/],
    ['prints too much', node(`process.stdout.write('x'.repeat(100_000))`), /printed over 64 KiB/],
    [
      'is not there',
      ['/nowhere/vault'],
      /cannot be started \(ENOENT\)\. Install it, or give its whole path\./,
    ],
    [
      'fails',
      node(`console.error('permission denied'); process.exit(2)`),
      /ended with status 2\. .*"permission denied"/,
    ],
    [
      'asks for a password',
      node(`process.stdin.on('end', () => process.exit(3)).resume()`),
      /ended with status 3/,
    ],
  ])('it %s', async (_, command, said) => {
    const found = await faultOf(Promise.resolve(secretCommand(command, steppedClock())()))
    expect(found).toMatchObject({
      fault: 'fatal',
      code: 'secret_command',
      message: expect.stringMatching(said),
    })
  })
})

test('a command that does not end is ended at its time limit, whatever it started', async () => {
  const command = node(`
    require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 5000)'], { stdio: 'inherit' })
    setInterval(() => {}, 1000)`)
  const found = await faultOf(Promise.resolve(secretCommand(command, steppedClock(), 300)()))
  expect(found.message).toMatch(/did not end within 0\.3 seconds/)
})

test('a command that has ended with a secret is believed although one that it started holds its output open', async () => {
  const left = `require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 600_000)'], { stdio: 'inherit' }).unref()`
  const read = secretCommand(node(`${left}; process.stdout.write('secret')`), steppedClock(), 500_000)
  expect(await read()).toBe('secret')
})

test('a command that prints for ever is ended', async () => {
  const command: Command = ['sh', '-c', 'while :; do echo forever; done']
  const found = await faultOf(Promise.resolve(secretCommand(command, steppedClock(), 500_000)()))
  expect(found.message).toMatch(/printed over 64 KiB/)
})

test.each([
  ['a password of the trace of a shell', '+ curl -u audit:correcthorse https://vault', 'denied'],
  ['a word with letters and digits', 'the key hunter2-key is wrong', 'denied'],
  ['a long word that no language has', 'old: xcorrecthorsebatteryxstaple', 'denied'],
  [
    'a token that the limit of a message would cut',
    `${'x '.repeat(95)}2/1200000000000099/1300:0123456789abcdef`,
    '',
  ],
  ['the second line of what it prints', 'bad: correcthorse', 'denied'],
  ['a value of what it prints', 'x-key is correcthorse', 'denied'],
])('%s is in no error', async (_, said, besides) => {
  const script = `process.stdout.write('x-key=batterystaple\\ny=correcthorse'); console.error(${JSON.stringify(`${besides}\n${said}`)}); process.exit(1)`
  const { message } = await faultOf(Promise.resolve(secretCommand(node(script), steppedClock())()))
  expect(message).not.toMatch(/correcthorse|hunter2|0123456789|2\/1200/)
  expect(message).toContain(besides)
})

test('a secret on stderr is in no error', async () => {
  const token = '2/1200000000000099/1200000000000100:0123456789abcdef0123456789abcdef'
  for (const secret of [token, 'printed-too']) {
    const command = node(
      `process.stdout.write('printed-too'); console.error('bad: ${secret}'); process.exit(1)`,
    )
    const found = await faultOf(Promise.resolve(secretCommand(command, steppedClock())()))
    expect(found.message).toMatch(/ended with status 1/)
    expect(found.message).not.toContain(secret)
  }
})

test('no shell reads the words of a command', async () => {
  const command: Command = [
    process.execPath,
    '-e',
    'process.stdout.write(process.argv[1])',
    '$HOME; echo `id`',
  ]
  expect(await secretCommand(command, steppedClock())()).toBe('$HOME; echo `id`')
})

test.each([
  ['vault kv get -field=token secret/asana', ['vault', 'kv', 'get', '-field=token', 'secret/asana']],
  ['["op", "read", "op://a b/c"]', ['op', 'read', 'op://a b/c']],
  [
    ['op', 'read', 'op://audit/4u6pexampleexampleid42xyz00/token'],
    ['op', 'read', 'op://audit/4u6pexampleexampleid42xyz00/token'],
  ],
])('%j is a command', (written, words) => {
  expect(commandOf(written)).toEqual(words)
})

test.each([
  ['', /is empty/],
  [[], /is empty/],
  ['[1]', /without a shell/],
  ['cat /run/token | head -1', /without a shell/],
  ['echo "a b"', /without a shell/],
  ['echo 2/1200000000000099/1200000000000100:0123', /looks like a secret/],
  [['curl', 'https://user:hunter2@vault'], /looks like a secret/],
])('%j is no command', (written, wrong) => {
  expect(commandOf(written)).toEqual({ wrong: expect.stringMatching(wrong) })
})

test.skipIf(process.platform !== 'linux')(
  'a script that hangs leaves no process behind that it has started',
  async () => {
    const pidFile = join(folder, 'pid')
    const command: Command = ['sh', '-c', `sleep 600 & echo $! > ${pidFile}; wait`]
    expect(await faultOf(Promise.resolve(secretCommand(command, steppedClock(), 1_000)()))).toMatchObject({
      code: 'secret_command',
    })
    const pid = Number(await readFile(pidFile, 'utf8'))
    expect(pid).toBeGreaterThan(1)
    await vi.waitFor(async () => {
      // One that has ended may wait for its parent to take notice.
      const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => 'gone Z')
      expect(status).toMatch(/ Z/)
    })
  },
)
