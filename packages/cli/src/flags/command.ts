import type * as typed from '@commander-js/extra-typings'
import * as commander from 'commander'
import { didYouMean } from '../terminal/did-you-mean.ts'
import type { ExitCode } from '../terminal/exit-code.ts'
import { describeProblems, type Problem } from '../terminal/problem.ts'

/**
 * A Commander command that reports all problems with the command line at once. Commander itself reports only the first. It also
 * accepts a flag that is given twice and uses the last value, and an empty value, such as an unset shell variable: a filter would then
 * silently find nothing.
 */
class CheckedCommand extends commander.Command {
  readonly #given = new Map<commander.Option, unknown[]>()
  /** The words after the name of the command that are neither a flag nor the value of a flag. */
  #operands: readonly string[] = []

  override addOption(option: commander.Option): this {
    this.on(`option:${option.name()}`, (value: unknown) => {
      this.#given.set(option, [...(this.#given.get(option) ?? []), value])
    })
    return super.addOption(option)
  }

  /** Called with the arguments after the name of the command, without the operands that its parent has found. */
  override parseOptions(args: string[]): commander.ParseOptionsResult {
    const parsed = super.parseOptions(args)
    const before = this.parent instanceof CheckedCommand ? this.parent.#operands.slice(1) : []
    this.#operands = [...before, ...parsed.operands]
    const asksForHelp = parsed.unknown.some((arg) => arg === '--help' || arg === '-h')
    const problems = asksForHelp ? [] : this.#problems(parsed.unknown)
    if (problems.length > 0) this.error(describeProblems(problems))
    return parsed
  }

  /** A flag at the end without its value does not end the program: it is reported with all other problems. */
  override error(message: string, options?: commander.ErrorOptions): never {
    if (options?.code === 'commander.optionMissingArgument') return undefined as never
    return super.error(message, options)
  }

  #problems(unknown: readonly string[]): Problem[] {
    const [name] = this.#operands
    if (this.commands.length > 0 && name !== undefined) return unknownCommand(name, this)
    const unknownFlags = unknown.filter(isFlag).map((arg) => arg.replace(/=.*$/s, ''))
    return [
      ...[...new Set(unknownFlags)].map((flag) => ({ setting: flag, message: unknownFlag(flag, this) })),
      ...this.options.flatMap((option) => this.#optionProblems(option)),
      // A word after an unknown flag may be its value or an argument.
      ...(this.commands.length > 0 ? [] : this.#argumentProblems(unknown.length - unknownFlags.length)),
    ]
  }

  /** `unsure`: how many words may be arguments too. */
  #argumentProblems(unsure: number): Problem[] {
    const given = this.#operands
    const known = this.registeredArguments
    const lacking = known.filter(({ required }, index) => required && index >= given.length + unsure)
    const surplus = known.at(-1)?.variadic ? [] : given.slice(known.length)
    const empty = given.slice(0, given.length - surplus.length).flatMap((value, index) => {
      const argument = known[index] ?? known.at(-1)
      return argument && isEmpty(value) ? [argument] : []
    })
    const words = wordsOf(pathOf(this))
    const takes = known.length === 0 ? 'no argument' : `only ${known.map((one) => one.name()).join(' and ')}`
    return [
      ...lacking.map((one) => ({ setting: one.name(), message: `It is missing. Write it after ${words}.` })),
      ...surplus.map((value) => ({
        setting: value,
        message: `This argument is one too many: ${words} takes ${takes}. ${this.#insteadOf(value)}`,
      })),
      ...[...new Set(empty)].map((one) => ({ setting: one.name(), message: emptyValue })),
    ]
  }

  /** Most commands take a settings file, and what they read, with a flag, and some as an argument. */
  #insteadOf(surplus: string): string {
    const has = (flag: string) => this.options.some(({ long }) => long === flag)
    if (/\.ya?ml$/.test(surplus) && has('--config')) return `Write --config ${surplus}.`
    // Without it the command reads Asana.
    if (has('--from')) return `To read it, write --from ${surplus}; a value with blanks needs quotes.`
    return 'Leave it out; a value with blanks needs quotes.'
  }

  #optionProblems(option: commander.Option): Problem[] {
    const setting = option.long ?? option.flags
    const given = this.#given.get(option) ?? []
    const takesOne = option.required && !option.variadic && option.parseArg !== repeated
    const messages = [
      ...(option.mandatory && given.length === 0 ? [required(option)] : []),
      ...(option.required ? given.flatMap((value) => missingValue(value, option, this)) : []),
      ...(takesOne && given.length > 1
        ? [`It is given ${given.length} times but takes only one value. Keep one of them.`]
        : []),
      ...(given.some(isEmpty) ? [emptyValue] : []),
      ...(given.length > 0 ? this.#contradictions(option) : []),
    ]
    return messages.map((message) => ({ setting, message }))
  }

  /** A flag may stand for a value of another one. Commander silently uses the value that is written out. */
  #contradictions({ implied = {} }: ShortFlag): string[] {
    return Object.entries(implied).flatMap(([name, meant]) => {
      const other = this.options.find((option) => option.attributeName() === name)
      const given = other && this.#given.get(other)?.find((value) => value !== undefined && value !== meant)
      if (given === undefined) return []
      return `It means ${other?.long} ${meant}, but ${other?.long} ${given} is given as well. Leave out one of the two.`
    })
  }
}

/** Commander keeps what an option implies. Its types do not say so. */
type ShortFlag = commander.Option & { readonly implied?: Readonly<Record<string, string>> }

const emptyValue = 'It is empty. Is a shell variable not set? Give a value, or leave it out.'

function required({ flags, argChoices }: commander.Option): string {
  return `It is required: ${flags}.${argChoices ? ` Give one of ${argChoices.join(', ')}.` : ''}`
}

/** Commander takes whatever follows as the value, a flag too. */
function missingValue(value: unknown, { flags }: commander.Option, { options }: commander.Command): string[] {
  if (value === undefined) return [`Its value is missing: ${flags}.`]
  if (!options.some(({ long }) => long === value)) return []
  return [`Its value is missing: ${flags}. After it comes ${value}, which is a flag.`]
}

function unknownCommand(name: string, group: commander.Command): Problem[] {
  const names = [...group.commands.map((command) => command.name()), 'help']
  if (names.includes(name)) return []
  const message = `This command is unknown.${didYouMean(name, names) || ` There are ${names.join(', ')}.`}`
  return [{ setting: name, message }]
}

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
    if (command.commands.length > 0) return `Write it after a command that has it: ${having}.`
    return `The command ${wordsOf(path)} does not have this option. These commands have it: ${having}.`
  }
  const known = command.options.flatMap(({ long }) => long ?? [])
  const variable = secretFlags.find(([pattern]) => pattern.test(flag))?.[1]
  if (variable === undefined || known.some((one) => one.startsWith(flag)))
    return `This option is unknown.${didYouMean(flag, known)}`
  return `A secret is not given on the command line, where other users of this machine can read it. Put it into the variable ${variable}, or the path of its file into ${variable}_FILE.`
}

/** Flags that people try for a secret, and the variable that is for it. */
const secretFlags: readonly (readonly [RegExp, string])[] = [
  [/^--(splunk|hec|splunk-hec)-token(-file)?$/, 'SPLUNK_HEC_TOKEN'],
  [/^--panther(-http)?-(secret|token)(-file)?$/, 'PANTHER_HTTP_SECRET'],
  [/^--(asana-)?((access-)?token|pat|api-key|password|secret)(-file)?$/, 'ASANA_TOKEN'],
]

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
export const Argument: typeof typed.Argument = commander.Argument as unknown as typeof typed.Argument

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

/** A command without these flags of a shared definition, because they would have no effect. Giving one is refused. */
export function withoutFlags<Made extends AnyCommand>(command: Made, ...flags: readonly string[]): Made {
  const options = command.options as commander.Option[]
  for (const flag of flags) {
    const index = options.findIndex(({ long }) => long === flag)
    if (index < 0) throw new Error(`There is no flag ${flag} to leave out.`)
    options.splice(index, 1)
  }
  return command
}

/** Shows the choices in the help. A wrong choice is reported by `readChoice`, together with all other problems. */
export function choiceOption<Flags extends string>(
  flags: Flags,
  description: string,
  choices: readonly string[],
): typed.Option<Flags, undefined, undefined, string> {
  return new Option(flags, description).choices(choices).argParser((value: string) => value)
}
