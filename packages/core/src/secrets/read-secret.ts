import { systemClock } from '../clock.ts'
import { isFault } from '../fault.ts'
import { type NamedPath, namedFile } from '../files/named-file.ts'
import { codeOf, readStep } from '../files/path-step.ts'
import type { SettingProblem } from '../options/setting-problem.ts'
import { namedPath, shortName, type WrittenPath, type WrittenSetting } from '../options/written-setting.ts'
import type { Secret, SecretReader } from './secret.ts'
import { type Command, commandOf, secretCommand } from './secret-command.ts'
import { secretFile, secretIn } from './secret-file.ts'

/** The settings of a secret, of which one may be written. */
export interface WrittenSecret {
  /** The secret itself. */
  readonly text: WrittenSetting
  /** The variable that holds the text, if its setting has another name. */
  readonly variable?: string | undefined
  /** A file that holds it. */
  readonly file: WrittenPath
  /** A command that prints it: see `secretCommand`. */
  readonly command: WrittenSetting<string | readonly string[]>
}

export interface FoundSecret {
  readonly secret: Secret
  /** Where it comes from, without showing it: `the variable ASANA_TOKEN`, `the file /run/secrets/token`, `the command vault read …`. */
  readonly origin: string
}

/**
 * Finds a secret and checks it before anything starts; a command is run for that. `problemOf` returns what is wrong with a secret, as a
 * sentence that does not quote it. Undefined if none is written, or with problems added. `what` names the secret in messages. `readerOf` may
 * give several secrets with the same command one reader.
 */
export async function readSecret(
  written: WrittenSecret,
  problemOf: (secret: string) => string | undefined,
  problems: SettingProblem[],
  what = 'token',
  readerOf: (command: Command) => SecretReader = secretCommand,
): Promise<FoundSecret | undefined> {
  const { text, file, command } = written
  const [one, ...more] = [text, file, command].filter(({ value }) => value !== undefined && value !== '')
  if (one === undefined) return undefined
  for (const { setting } of more) {
    const message = `${shortName(one.setting)} is set as well. Keep one of the two.`
    problems.push({ setting, message })
  }
  if (more.length > 0) return undefined
  const problem = (message: string | undefined): void => {
    if (message !== undefined) problems.push({ setting: one.setting, message })
  }
  const path = namedPath(file)
  if (path) {
    const wrong = secretFileProblem(path, problemOf, what)
    if (wrong) problems.push(wrong)
    const isShown = namedFile(path.written ?? path.path, path.path) !== ''
    const origin = isShown ? `the file ${path.path}` : 'a file'
    return { secret: secretFile(path.path, path.written, systemClock, what), origin }
  }
  if (command.value) {
    const words = commandOf(command.value)
    if ('wrong' in words) return void problem(words.wrong)
    const secret = readerOf(words)
    problem(await commandProblem(secret, problemOf))
    return { secret, origin: `the command ${words.join(' ')}` }
  }
  if (!text.value) return undefined
  problem(problemOf(text.value))
  return { secret: text.value, origin: `the variable ${written.variable ?? text.setting}` }
}

async function commandProblem(
  secret: () => string | Promise<string>,
  problemOf: (secret: string) => string | undefined,
): Promise<string | undefined> {
  try {
    return problemOf(await secret())
  } catch (error) {
    if (isFault(error)) return error.message
    throw error
  }
}

/** Checks such a file before anything starts. `problemOf` returns what is wrong with the secret, as a sentence. */
export function secretFileProblem(
  { setting, path, written = path }: NamedPath,
  problemOf: (secret: string) => string | undefined,
  what = 'token',
): SettingProblem | undefined {
  const named = `The file it names${namedFile(written, path)}`
  try {
    const message = problemOf(secretIn(path))
    return message === undefined ? undefined : { setting, message }
  } catch (error) {
    if (codeOf(error) === 'empty')
      return { setting, message: `${named} is empty. Put the ${what} into it, and nothing else.` }
    const good = `Give the path of a file that holds the ${what}, for example /run/secrets/${what}.`
    const message = `${named} cannot be read (${codeOf(error)}). ${readStep(error, good)}`
    return { setting, message }
  }
}
