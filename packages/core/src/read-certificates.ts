import { readFile } from 'node:fs/promises'
import type { HttpClientOptions } from './http-client.ts'
import type { SettingProblem } from './setting-problem.ts'

/** A file and the setting that names it. */
export interface NamedPath {
  readonly setting: string
  readonly path: string
}

export interface CertificatePaths {
  /** Trusted instead of the system's own list. */
  readonly ca?: NamedPath
  /** What we show to the server, and its key. */
  readonly cert?: NamedPath
  readonly key?: NamedPath
}

export type Certificates =
  | { readonly certificates: Pick<HttpClientOptions, 'ca' | 'cert' | 'key'>; readonly problems?: never }
  | { readonly certificates?: never; readonly problems: readonly SettingProblem[] }

/** Reads the PEM files that settings name, as what `httpClient` and the sinks built on it take. */
export async function readCertificates(paths: CertificatePaths): Promise<Certificates> {
  const problems: SettingProblem[] = []
  const read = async (named: NamedPath | undefined): Promise<string | undefined> => {
    if (!named) return undefined
    const { setting, path } = named
    try {
      const pem = await readFile(path, 'utf8')
      if (pem.includes('-----BEGIN ')) return pem
      const message =
        'The file it names is not in PEM form; its text must begin with -----BEGIN. Give the path of one that is, for example /etc/ssl/ca.pem.'
      problems.push({ setting, message })
    } catch (error) {
      const code = (error as { code?: string }).code ?? 'no code'
      // Not the path: keys have been put where the path belongs.
      const message = `The file it names cannot be read (${code}). Give the path of a PEM file, for example /etc/ssl/ca.pem.`
      problems.push({ setting, message })
    }
    return undefined
  }
  const [ca, cert, key] = await Promise.all([read(paths.ca), read(paths.cert), read(paths.key)])
  return problems.length > 0 ? { problems } : { certificates: { ca, cert, key } }
}
