/** The fields that every manifest has in common, from `release.json`. A field that a maintainer must still fill in is null. */
export interface ReleaseFields {
  /** `Name <address>`, as npm accepts it. */
  readonly author: string | null
  /** The address of the repository in a browser: `https://host/owner/name`. npm's provenance needs it. */
  readonly repository: string | null
  /** The page of a package; `{folder}` stands for `packages/core` and the like. */
  readonly homepage: string | null
  /** Where a user reports a bug. */
  readonly bugs: string | null
  readonly license: string
  readonly engines: Readonly<Record<string, string>>
}

const names = ['author', 'repository', 'homepage', 'bugs', 'license', 'engines'] as const

export type Manifest = Readonly<Record<string, unknown>>

/** The manifest of the package in `folder` with these fields, all after its description. */
export function withReleaseFields(manifest: Manifest, folder: string, release: ReleaseFields): Manifest {
  const { repository, homepage, bugs, author, license, engines } = release
  const shared = {
    ...(homepage !== null && { homepage: homepage.replace('{folder}', folder) }),
    ...(bugs !== null && { bugs: { url: bugs } }),
    license,
    ...(author !== null && { author }),
    ...(repository !== null && {
      repository: { type: 'git', url: `git+${repository}.git`, directory: folder },
    }),
    engines,
  }
  const own = Object.entries(manifest).filter(([name]) => !names.some((one) => one === name))
  const after = own.findIndex(([name]) => name === 'description') + 1
  return Object.fromEntries([...own.slice(0, after), ...Object.entries(shared), ...own.slice(after)])
}

/** What a maintainer still has to fill in or correct in `release.json`, one sentence for each field. */
export function fieldProblems(release: ReleaseFields): string[] {
  const unfilled = names
    .filter((name) => release[name] === null)
    .map((name) => `release.json: ${name} is not filled in.`)
  const { repository } = release
  const isAddress = repository === null || /^https:\/\/[^/]+\/[^/]+\/[^/]+(?<!\.git)$/.test(repository)
  return isAddress
    ? unfilled
    : [...unfilled, `release.json: repository is ${repository}, and has to be like https://host/owner/name.`]
}
