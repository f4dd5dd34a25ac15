import type { AnyCommand } from '../../flags/command.ts'
import { cutTo } from '../../terminal/columns-of.ts'

/** What may follow: one of some words, a file, or any text. */
export type ValueWords = readonly string[] | 'file' | 'text'

export interface OptionWords {
  readonly long: string
  readonly about: string
  /** Undefined for an option without a value. */
  readonly value: ValueWords | undefined
}

/** What can be typed after a command. */
export interface CommandWords {
  /** The program and the command, as typed: `asana-audit state show`. */
  readonly path: string
  readonly commands: readonly { readonly name: string; readonly about: string }[]
  readonly options: readonly OptionWords[]
  /** Of its arguments. */
  readonly argument: ValueWords
}

const aboutWidth = 60

/** A command and those below it, with what each takes, from their definitions. */
export function commandWords(command: AnyCommand, before = ''): CommandWords[] {
  const path = `${before}${command.name()}`
  const own: CommandWords = {
    path,
    commands: command.commands.map((sub) => ({ name: sub.name(), about: short(sub.description()) })),
    options: [
      ...command.options.flatMap(({ long, description, flags, argChoices }) =>
        long ? [{ long, about: short(description), value: valueWords(flags, argChoices) }] : [],
      ),
      { long: '--help', about: 'show the help', value: undefined },
    ],
    argument: argumentOf(command),
  }
  return [own, ...command.commands.flatMap((sub) => commandWords(sub, `${path} `))]
}

function argumentOf({ registeredArguments: [first] }: AnyCommand): ValueWords {
  if (!first) return 'text'
  return first.argChoices ?? (first.name() === 'file' ? 'file' : 'text')
}

function valueWords(flags: string, choices: readonly string[] | undefined): ValueWords | undefined {
  const placeholder = /<(\w+)/.exec(flags)?.[1]
  if (placeholder === undefined) return undefined
  return choices ?? (placeholder === 'file' || placeholder === 'path' ? 'file' : 'text')
}

/** The first part of a sentence, without what a shell or its menu could misread. */
function short(about: string): string {
  const [first = ''] = about.split(/; |: | \(|\. /)
  return cutTo(first.replaceAll(/['"`\\$]/g, '').replace(/[\s.,]+$/, ''), aboutWidth)
}
