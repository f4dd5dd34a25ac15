import type { CommandWords, OptionWords, ValueWords } from './command-words.ts'

/** One line for each command, option and argument, with the condition that its command was typed before. */
export function fishCompletion(commands: readonly CommandWords[], program: string): string {
  const at = `__${program.replaceAll('-', '_')}_at`
  const paths = commands.slice(1).map(({ path }) => `'${path}'`)
  return `# Completion of ${program} for fish.
function ${at}
    set -l typed ${program}
    for word in (commandline -opc)[2..-1]
        switch "$typed $word"
            case ${paths.join(' ')}
                set typed "$typed $word"
        end
    end
    test "$typed" = "$argv[1]"
end
complete -c ${program} -f
${commands.flatMap((command) => linesOf(command, `complete -c ${program} -n "${at} '${command.path}'"`)).join('\n')}
`
}

function linesOf({ commands, options, argument }: CommandWords, start: string): string[] {
  return [
    ...commands.map(({ name, about }) => `${start} -a ${name} -d '${about}'`),
    ...options.map((option) => optionLine(option, start)),
    ...(argument === 'text' ? [] : [`${start} ${offered(argument)}`]),
  ]
}

function optionLine({ long, about, value }: OptionWords, start: string): string {
  const takes = value === undefined ? '' : ` -r ${offered(value)}`
  return `${start} -l ${long.slice(2)}${takes} -d '${about}'`
}

function offered(value: ValueWords): string {
  if (value === 'file') return '-F'
  return value === 'text' ? '-f' : `-f -a '${value.join(' ')}'`
}
