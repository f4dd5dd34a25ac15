import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { API, type Checker, SymbolFlags } from 'typescript/unstable/sync'

export interface Option {
  readonly name: string
  /** The first paragraph of its comment, on one line. */
  readonly meaning: string
  /** The text of `@default`. */
  readonly default: string | undefined
  readonly isOptional: boolean
  /** The file that declares it and its position there. An inherited option has the same. */
  readonly file: string
  readonly index: number
}

/** Reads the options of an interface, with inherited ones and without those marked `@internal`. */
export interface OptionReader {
  optionsOf(packageFolder: string, interfaceName: string): Option[]
  close(): void
}

export function optionReader(): OptionReader {
  const api = new API()
  return {
    optionsOf(packageFolder, interfaceName) {
      const config = join(packageFolder, 'tsconfig.json')
      const project = api.updateSnapshot({ openProjects: [config] }).getProject(config)
      if (!project) throw new Error(`${config} cannot be read.`)
      const { checker, program } = project
      const file = program.getSourceFile(declaringFile(packageFolder, interfaceName))
      const exported = file && checker.getSymbolAtLocation(file)?.getExports()
      const found = [...(exported?.values() ?? [])].find(({ name }) => name === interfaceName)
      if (!found) throw new Error(`${packageFolder} exports no interface ${interfaceName}.`)
      const members = checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(found))
      const own = found.declarations?.[0]?.path ?? ''
      return members.flatMap((member) => optionOf(member, checker)).toSorted(byUse(own))
    },
    close: () => api.close(),
  }
}

type Member = ReturnType<Checker['getPropertiesOfType']>[number]

function optionOf(member: Member, checker: Checker): Option[] {
  const tags = new Map(member.getJsDocTags(checker).map(({ name, text }) => [name, text ?? '']))
  if (tags.has('internal')) return []
  const [paragraph = ''] = member.getDocumentationComment(checker).split('\n\n')
  const [declared] = member.declarations ?? []
  if (!declared) throw new Error(`The option ${member.name} is declared nowhere.`)
  return [
    {
      name: member.name,
      meaning: paragraph.replaceAll(/\s+/g, ' '),
      default: tags.get('default')?.trim(),
      isOptional: (member.flags & SymbolFlags.Optional) !== 0,
      file: declared.path,
      index: declared.index,
    },
  ]
}

/** Required options first, then those of the interface itself, then inherited ones; otherwise in the declared order. */
const byUse =
  (own: string) =>
  (a: Option, b: Option): number =>
    Number(isRequired(b)) - Number(isRequired(a)) ||
    Number(b.file === own) - Number(a.file === own) ||
    a.file.localeCompare(b.file, 'en') ||
    a.index - b.index

export function isRequired(option: Option): boolean {
  return !option.isOptional && option.default === undefined
}

/** The source file of the package that declares an interface. */
function declaringFile(packageFolder: string, interfaceName: string): string {
  const declares = new RegExp(`^export interface ${interfaceName}\\b`, 'm')
  for (const file of sourcesOf(packageFolder)) if (declares.test(readFileSync(file, 'utf8'))) return file
  throw new Error(`No file of ${packageFolder}/src declares the interface ${interfaceName}.`)
}

export function sourcesOf(packageFolder: string): string[] {
  return readdirSync(join(packageFolder, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map(({ parentPath, name }) => join(parentPath, name))
}
