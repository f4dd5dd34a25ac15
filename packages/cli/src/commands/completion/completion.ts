import { readChoice } from '../../flags/choice.ts'
import { type AnyCommand, Argument, Command, type Done } from '../../flags/command.ts'
import { examples } from '../../flags/help.ts'
import { exitCode } from '../../terminal/exit-code.ts'
import { invalidSettings, type Problem } from '../../terminal/problem.ts'
import { bashCompletion } from './bash.ts'
import { commandWords } from './command-words.ts'
import { fishCompletion } from './fish.ts'
import { zshCompletion } from './zsh.ts'

const shells = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion }
const names = Object.keys(shells) as (keyof typeof shells)[]

const define = () =>
  new Command('completion')
    // A wrong one is reported by `readChoice`, as wrong values of flags are.
    .addArgument(new Argument('<shell>').choices(names).argParser((value: string) => value))
    .addHelpText(
      'before',
      examples(
        'completion bash > ~/.asana-audit.bash   # source it in ~/.bashrc',
        'completion zsh > ~/.zfunc/_asana-audit   # a folder of fpath',
        'completion fish > ~/.config/fish/completions/asana-audit.fish',
      ),
    )

/** `asana-audit completion SHELL`. Its parent must be the whole program. */
export const completionCommand = (done: Done): AnyCommand => {
  const command = define()
  return command.action((written) => {
    const problems: Problem[] = []
    const shell = readChoice('shell', written, names, problems)
    if (shell === undefined) return done(invalidSettings(problems))
    const program = command.parent
    if (!program) throw new Error('The command has no program.')
    process.stdout.write(shells[shell](commandWords(program), program.name()))
    done(exitCode.done)
  })
}
