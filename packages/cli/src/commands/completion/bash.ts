import type { CommandWords, ValueWords } from './command-words.ts'

/** Bash falls back on file names where the function gives nothing. Works on Bash 3.2, which macOS has. */
export function bashCompletion(commands: readonly CommandWords[], program: string): string {
  const paths = commands.slice(1).map(({ path }) => `'${path}'`)
  return `# Completion of ${program} for Bash.
_${name(program)}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} path='${program}' words='' i
  # Bash takes --flag=value apart at the equals sign.
  if [[ $cur == '=' ]]; then cur=''
  elif [[ $prev == '=' ]]; then prev=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path \${COMP_WORDS[i]}" in
      ${paths.join(' | ')}) path="$path \${COMP_WORDS[i]}" ;;
    esac
  done
  case "$path $prev" in
${commands.flatMap(valueCases).join('\n')}
    *)
      case "$path" in
${commands.map(wordsCase).join('\n')}
      esac
      ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _${name(program)} ${program}
`
}

function name(program: string): string {
  return program.replaceAll('-', '_')
}

function valueCases({ path, options }: CommandWords): string[] {
  return options.flatMap(({ long, value }) =>
    value === undefined ? [] : [`    '${path} ${long}') words='${wordsOf(value)}' ;;`],
  )
}

function wordsCase({ path, commands, options, argument }: CommandWords): string {
  const words = [...commands.map(({ name: sub }) => sub), wordsOf(argument)].join(' ').trim()
  const flags = options.map(({ long }) => long).join(' ')
  return `        '${path}') if [[ $cur == -* ]]; then words='${flags}'; else words='${words}'; fi ;;`
}

function wordsOf(value: ValueWords): string {
  return typeof value === 'string' ? '' : value.join(' ')
}
