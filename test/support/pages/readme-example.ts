export interface ReadmeExample {
  /** What "Install" tells people to install. */
  readonly installs: readonly string[]
  /** The TypeScript of "An example that runs", block by block. */
  readonly programs: readonly string[]
  /** The shell commands of the same section, block by block. */
  readonly commands: readonly string[]
}

export function readmeExample(readme: string): ReadmeExample {
  const install = /npm install (.*)/.exec(section(readme, 'Install'))?.[1] ?? ''
  const example = section(readme, 'An example that runs')
  return {
    installs: install.split(' ').filter((word) => word !== '' && !word.startsWith('-')),
    programs: codeBlocks(example, 'ts'),
    commands: codeBlocks(example, 'sh'),
  }
}

function section(readme: string, title: string): string {
  const [, after = ''] = readme.split(`\n## ${title}\n`)
  return after.split('\n## ')[0] ?? ''
}

export function codeBlocks(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(
    ([, code]) => code ?? '',
  )
}
