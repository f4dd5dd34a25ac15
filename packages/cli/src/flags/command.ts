import { nearestName } from '@asana-audit/schema/options'
import type * as typed from '@commander-js/extra-typings'
import * as commander from 'commander'
import type { ExitCode } from '../terminal/exit-code.ts'
import { describeProblems, type Problem } from '../terminal/problem.ts'

/**
 * A Commander command that reports all problems with its flags at once. Commander itself reports only the first. It also accepts a
 * flag that is given twice and uses the last value, and an empty value, such as an unset shell variable: a filter would then silently
 * find nothing.
 */
class CheckedCommand extends commander.Command {
  readonly #given = new Map<commander.Option, unknown[]>()

  constructor(name?: string) {
    super(name)
    this.hook('preAction', (_, called) => {
      if (called !== this) return
      const isEmptyAt = (index: number): boolean => [this.processedArgs[index]].flat().some(isEmpty)
      const empty = this.registeredArguments.filter((_argument, index) => isEmptyAt(index))
      this.#fail(empty.map((argument) => ({ setting: argument.name(), message: emptyValue })))
    })
  }

  override addOption(option: commander.Option): this {
    this.on(`option:${option.name()}`, (value: unknown) => {
      this.#given.set(option, [...(this.#given.get(option) ?? []), value])
    })
    return super.addOption(option)
  }

  /** Called with the arguments after the name of the command. */
  override parseOptions(args: string[]): commander.ParseOptionsResult {
    const parsed = super.parseOptions(args)
    const asksForHelp = parsed.unknown.some((arg) => arg === '--help' || arg === '-h')
    if (this.commands.length === 0 && !asksForHelp) this.#fail(this.#flagProblems(parsed.unknown))
    return parsed
  }

  #flagProblems(unknown: readonly string[]): Problem[] {
    const unknownFlags = unknown.filter(isFlag).map((arg) => arg.replace(/=.*$/s, ''))
    return [
      ...[...new Set(unknownFlags)].map((flag) => ({ setting: flag, message: unknownFlag(flag, this) })),
      ...this.options.flatMap((option) => this.#optionProblems(option)),
    ]
  }

  #optionProblems(option: commander.Option): Problem[] {
    const setting = option.long ?? option.flags
    const given = this.#given.get(option) ?? []
    const takesOne = option.required && !option.variadic && option.parseArg !== repeated
    const messages = [
      ...(option.mandatory && given.length === 0 ? [`It is required: ${option.flags}.`] : []),
      ...(takesOne && given.length > 1
        ? [`It is given ${given.length} times but takes only one value. Keep one of them.`]
        : []),
      ...(given.some(isEmpty) ? [emptyValue] : []),
    ]
    return messages.map((message) => ({ setting, message }))
  }

  #fail(problems: readonly Problem[]): void {
    if (problems.length > 0) this.error(describeProblems(problems))
  }
}

const emptyValue = 'It is empty. Is a shell variable not set? Give a value, or leave it out.'

function unknownFlag(flag: string, command: commander.Command): string {
  // Commander knows it, but not with a value.
  const isKnown = flag === '--help' || command.options.some(({ long }) => long === flag)
  if (isKnown) return `It takes no value. Write ${flag}, or leave it out.`
  const path = pathOf(command)
  const others = leavesOf(path[0] ?? command).filter(({ options }) =>
    options.some(({ long }) => long === flag),
  )
  if (others.length > 0) {
    const having = others.map((other) => wordsOf(pathOf(other))).join(', ')
    return `The command ${wordsOf(path)} does not have this option. These commands have it: ${having}.`
  }
  const nearest = nearestName(
    flag,
    command.options.flatMap(({ long }) => long ?? []),
  )
  return `This option is unknown.${nearest === undefined ? '' : ` Did you mean ${nearest}?`}`
}

/** From the root to the command. */
function pathOf(command: commander.Command): commander.Command[] {
  return command.parent ? [...pathOf(command.parent), command] : [command]
}

/** As they are typed after the name of the program. */
function wordsOf([, ...path]: readonly commander.Command[]): string {
  return path.map((command) => command.name()).join(' ')
}

function leavesOf(command: commander.Command): commander.Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf)
}

function isFlag(arg: string, index: number, args: readonly string[]): boolean {
  return arg.length > 1 && arg.startsWith('-') && !args.slice(0, index + 1).includes('--')
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'string' && value.trim() === ''
}

/** The flags that an action gets have the names and types of its definition. This is only a type, so nothing is loaded for it. */
export const Command: typeof typed.Command = CheckedCommand as unknown as typeof typed.Command
export const Option: typeof typed.Option = commander.Option as unknown as typeof typed.Option

export type AnyCommand = typed.CommandUnknownOpts

/** Called with the exit status of the command that ran. */
export type Done = (code: ExitCode) => void

/** The flags that an action gets, from the function that defines them. */
export type FlagsOf<Define extends (...args: never[]) => { opts(): object }> = Given<
  ReturnType<ReturnType<Define>['opts']>
>

/** A missing flag may be passed on as undefined. */
type Given<Flags> = {
  readonly [Name in keyof Flags]: object extends Pick<Flags, Name> ? Flags[Name] | undefined : Flags[Name]
}

/** Collects the values of an option that may be given more than once. */
export function repeated(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value]
}

/** Shows the choices in the help. A wrong choice is reported by `readChoice`, together with all other problems. */
export function choiceOption<Flags extends string>(
  flags: Flags,
  description: string,
  choices: readonly string[],
): typed.Option<Flags, undefined, undefined, string> {
  return new Option(flags, description).choices(choices).argParser((value: string) => value)
}
