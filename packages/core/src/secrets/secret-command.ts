import { type Clock, systemClock } from '../clock.ts'
import { minuteMs } from '../duration.ts'
import { type Fault, fault, isFault } from '../fault.ts'
import { outcomeOf } from './command-outcome.ts'
import type { SecretReader } from './secret.ts'
import { spokenWords } from './spoken-words.ts'

/** A program and its arguments. */
export type Command = readonly [program: string, ...words: string[]]

/** How long an answer is used before the command is run again, so that secrets with a short life are renewed. */
const renewEveryMs = 5 * minuteMs
/** Stores of secrets count requests: after a failure, and in a pause, a command is not run more often than this. */
const runEveryMs = minuteMs / 2

/**
 * A secret that a command prints, for the `token` of sources and sinks: `vault`, `aws ssm`, `op`. It is run without a shell, with 10
 * seconds and 64 KiB, when the secret is first needed, then every 5 minutes, and after a refusal unless it ran in the last 30 seconds.
 * If it fails later, the last answer is used until a server refuses it. Rejects with a fatal `secret_command`.
 */
export function secretCommand(
  command: Command,
  clock: Clock = systemClock,
  timeLimitMs = 10_000,
): SecretReader {
  let held: string | undefined
  let failure: unknown
  let ranAt = Number.NEGATIVE_INFINITY
  /** Requests that are made at the same time share a run. */
  let running: Promise<void> | undefined

  async function run(): Promise<void> {
    try {
      held = await outputOf(command, timeLimitMs, held)
      failure = undefined
    } catch (error) {
      failure = error
    }
    ranAt = clock.now()
  }

  async function runAfter(ms: number): Promise<void> {
    const ageMs = clock.now() - ranAt
    if (ageMs >= 0 && ageMs < ms) return
    running ??= run().finally(() => {
      running = undefined
    })
    await running
  }

  async function read(): Promise<string> {
    await runAfter(held === undefined || failure !== undefined ? runEveryMs : renewEveryMs)
    if (held === undefined) throw failure
    return held
  }

  async function another(refused: ReadonlySet<string>): Promise<string | undefined> {
    await runAfter(runEveryMs)
    if (failure !== undefined) throw failure
    return held === undefined || refused.has(held) ? undefined : held
  }

  const oldBecause = (): string | undefined =>
    held !== undefined && isFault(failure)
      ? `${failure.message} Until it prints one again, the last one is used.`
      : undefined
  return Object.assign(read, { another, oldBecause })
}

/** What the command prints. Nothing that it prints is in an error, except what it says on stderr without a secret. */
async function outputOf(
  [program, ...words]: Command,
  timeout: number,
  known: string | undefined,
): Promise<string> {
  const failed = (what: string): Fault => {
    const message = `The command for the secret, ${JSON.stringify(program)}, ${what}`
    return fault({ fault: 'fatal', code: 'secret_command', message })
  }
  const { stdout, stderr, end } = await outcomeOf(program, words, timeout)
  const text = stdout.trim()
  if (end === 0) {
    if (text === '') throw failed('printed nothing. It must print the secret.')
    return text
  }
  if (end === 'too much') throw failed('printed over 64 KiB. It must print the secret and nothing else.')
  if (end === 'too long')
    throw failed(`did not end within ${timeout / 1000} seconds. Does it wait for an answer?`)
  if (typeof end === 'string') throw failed(`cannot be started (${end}). Install it, or give its whole path.`)
  const said = spokenWords(stderr, [text, known ?? ''])
  const quoted = said === '' ? '' : ` It says: "${said}".`
  const how = end === null ? 'was ended by a signal' : `ended with status ${end}`
  throw failed(`${how}. Run it by hand, as the same user.${quoted}`)
}

/** Secrets that a word of a command must not be: every user of the machine can read the arguments of a process. */
const secretWord = /\b[012]\/\d{6,}|-----BEGIN |\beyJ[\w-]{8}|:\/\/[^/\s]*:[^/\s]*@|\bhvs\./

/** The command that a setting holds: a list of words, such a list as JSON, or words divided by blanks. Or what is wrong with it. */
export function commandOf(written: string | readonly string[]): Command | { readonly wrong: string } {
  const words = typeof written === 'string' ? wordsOf(written.trim()) : written
  if (words === undefined)
    return { wrong: `It is run without a shell, so $, |, quotes and the like mean nothing. ${good}` }
  const [program, ...rest] = words
  if (!program) return { wrong: `It is empty. ${good}` }
  if (words.some((word) => secretWord.test(word))) {
    return { wrong: `A part of it looks like a secret, and every user of this machine can read it. ${good}` }
  }
  return [program, ...rest]
}

const good =
  'Give a program and its words, for example vault kv get -field=token secret/asana, or a list: ["op", "read", "op://audit/asana/token"].'

function wordsOf(text: string): readonly string[] | undefined {
  if (text.startsWith('[')) {
    try {
      const list: unknown = JSON.parse(text)
      return Array.isArray(list) && list.every((word) => typeof word === 'string') ? list : undefined
    } catch {
      return undefined
    }
  }
  return /["'`$|<>;&\\]/.test(text) ? undefined : text.split(/\s+/)
}
