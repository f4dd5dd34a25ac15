import type { CommandWords, ValueWords } from './command-words.ts'

/** Either read at the start of a shell, or put into a folder of `fpath` as `_asana-audit`. */
export function zshCompletion(commands: readonly CommandWords[], program: string): string {
  const paths = commands.slice(1).map(({ path }) => `'${path}'`)
  return `#compdef ${program}
# Completion of ${program} for zsh.
_${program}() {
  local typed='${program}' i
  local -a found
  for ((i = 2; i < CURRENT; i++)); do
    case "$typed \${words[i]}" in
      (${paths.join('|')}) typed="$typed \${words[i]}" ;;
    esac
  done
  case "$typed \${words[CURRENT - 1]}" in
${commands.flatMap(valueCases).join('\n')}
  esac
  case "$typed" in
${commands.map(wordsCase).join('\n')}
  esac
}
if [[ $funcstack[1] == _${program} ]]; then _${program} "$@"; else compdef _${program} ${program}; fi
`
}

function valueCases({ path, options }: CommandWords): string[] {
  return options.flatMap(({ long, value }) =>
    value === undefined ? [] : [`    ('${path} ${long}') ${offer(value)}; return ;;`],
  )
}

function wordsCase({ path, commands, options, argument }: CommandWords): string {
  const flags = options.map(({ long, about }) => `'${long}:${about}'`).join(' ')
  const names = commands.map(({ name, about }) => `'${name}:${about}'`).join(' ')
  const others = names === '' ? offer(argument) : `found=(${names}); _describe command found`
  return `    ('${path}')
      if [[ $PREFIX == -* ]]; then found=(${flags}); _describe -o option found
      else ${others}
      fi
      ;;`
}

function offer(value: ValueWords): string {
  if (value === 'file') return '_files'
  return value === 'text' ? '_message value' : `compadd -- ${value.join(' ')}`
}
