import type { AnyCommand } from '../../packages/cli/src/flags/command.ts'
import { environment } from '../../packages/cli/src/flags/help.ts'

/** The manual page of the command, section 1, made of its help: roff with the macros of man(7). `command` is whole, with all commands. */
export function manualPage(command: AnyCommand, version: string): string {
  const [variables = '', status = ''] = environment.trim().split(/\n\n(?=Exit status: )/)
  return `${[
    `.TH ASANA-AUDIT 1 "" "asana-audit ${version}"`,
    '.SH NAME',
    `asana-audit \\- ${text(oneLine(command.description()))}`,
    '.SH SYNOPSIS',
    `.B asana-audit\n${text('COMMAND [options]')}`,
    '.SH COMMANDS',
    ...command.commands.flatMap((one) => described(one, command.name())),
    '.SH ENVIRONMENT',
    '.EX',
    ...variables.split('\n').slice(1).map(text),
    '.EE',
    '.SH EXIT STATUS',
    text(oneLine(status.replace('Exit status: ', ''))),
    '.SH FILES',
    ...files.flatMap(([path, meaning]) => ['.TP', `.I ${text(path)}`, text(meaning)]),
  ].join('\n')}\n`
}

const files = [
  ['/etc/asana-audit/asana-audit.yaml', 'Settings of the service asana-audit.'],
  ['/etc/asana-audit/token', "The token of Asana's service account, for the service."],
  ['/var/lib/asana-audit/state.db', 'Its state: positions, recent ids, counts by the hour, quarantine.'],
  ['/usr/share/doc/asana-audit/README.md', 'The options, the exit statuses, and the pages beside it.'],
  ['/usr/share/doc/asana-audit/docs/settings.md', 'Every setting of the YAML.'],
] as const

/** A command, or each command of a group. */
function described(command: AnyCommand, before: string): string[] {
  const path = `${before} ${command.name()}`
  if (command.commands.length > 0) return command.commands.flatMap((one) => described(one, path))
  const help = command.createHelp()
  const terms = [
    ...help.visibleArguments(command).map((one) => [one.name(), help.argumentDescription(one)]),
    ...help.visibleOptions(command).map((one) => [help.optionTerm(one), help.optionDescription(one)]),
  ] as const
  return [
    `.SS ${text(`${path} ${command.usage()}`)}`,
    text(oneLine(help.commandDescription(command))),
    ...terms.flatMap(([term = '', meaning = '']) => ['.TP', `.B ${text(term)}`, text(oneLine(meaning))]),
  ]
}

const oneLine = (words: string): string => words.replaceAll(/\s+/g, ' ').trim()

/** As roff reads it: a hyphen stays one that can be copied, and no line is taken for a macro. */
function text(words: string): string {
  const escaped = words.replaceAll('\\', '\\e').replaceAll('-', '\\-')
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped
}
