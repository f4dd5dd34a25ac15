import { type Clock, systemClock } from '../clock.ts'
import type { CredentialsReader } from '../http/http-client-options.ts'
import type { SettingProblem } from '../options/setting-problem.ts'
import { type NamedPath, namedFile } from './named-file.ts'
import { codeOf, readStep } from './path-step.ts'
import { certificatesIn, type Held, privateKeyIn } from './pem.ts'
import { readSmallFile } from './read-small-file.ts'
import { type ReadCertificates, renewedCertificates } from './renewed-certificates.ts'

export interface CertificatePaths {
  /** Trusted instead of the system's own list. */
  readonly ca?: NamedPath
  /** What we show to the server, and its key. */
  readonly cert?: NamedPath
  readonly key?: NamedPath
}

export type Certificates =
  | {
      /** `credentials` is undefined if no file is named. */
      readonly certificates: { readonly credentials?: CredentialsReader }
      readonly problems?: never
    }
  | { readonly certificates?: never; readonly problems: readonly SettingProblem[] }

/**
 * Reads the PEM files that settings name, in the form that `httpClient` and the sinks take: they look at the files again once a second
 * at most, and use others without a restart. It reports errors that would otherwise appear only at the first connection, as a fault of
 * the server's certificate: a key that is invalid, needs a passphrase or belongs to another certificate.
 */
export async function readCertificates(
  paths: CertificatePaths,
  clock: Clock = systemClock,
): Promise<Certificates> {
  const named = [paths.ca, paths.cert, paths.key].flatMap((one) => (one ? [one.path] : []))
  if (named.length === 0) return { certificates: {} }
  const credentials = await renewedCertificates(named, () => certificatesNow(paths), clock)
  return 'problems' in credentials ? credentials : { certificates: { credentials } }
}

/** The content of the files, or every problem with them. */
function certificatesNow(paths: CertificatePaths): ReadCertificates {
  const problems: SettingProblem[] = []
  const [goodCa, goodCert] = ['ca', 'client'].map(
    (name) => `Give the path of a PEM file, for example /etc/ssl/${name}.pem.`,
  ) as [string, string]
  const ca = read(paths.ca, certificatesIn, goodCa, problems)
  const cert = read(paths.cert, certificatesIn, goodCert, problems)
  const key = read(paths.key, privateKeyIn, goodKey, problems)
  if (paths.key && paths.cert && cert && key && !cert.held[0].checkPrivateKey(key.held)) {
    const named = namedFile(paths.key.written ?? paths.key.path, paths.key.path)
    const message = `The key in the file it names${named} does not belong to the certificate of ${paths.cert.setting}. Name the key of that certificate.`
    problems.push({ setting: paths.key.setting, message })
  }
  return problems.length > 0 ? { problems } : { held: { ca: ca?.pem, cert: cert?.pem, key: key?.pem } }
}

/** The lists of public authorities have a few hundred KiB. */
const maxBytes = 16 * 1024 * 1024

const goodKey =
  'Give the path of a PEM file with a key stored without a passphrase, as openssl pkey -in KEY -out PLAIN makes it, for example /etc/ssl/client.key.'

function read<T>(
  named: NamedPath | undefined,
  parse: (pem: string) => Held<T>,
  good: string,
  problems: SettingProblem[],
): { readonly pem: string; readonly held: T } | undefined {
  if (!named) return undefined
  const { setting, path, written } = named
  const file = `The file it names${namedFile(written ?? path, path)}`
  let pem: string
  try {
    pem = readSmallFile(path, maxBytes)
  } catch (error) {
    problems.push({ setting, message: `${file} cannot be read (${codeOf(error)}). ${readStep(error, good)}` })
    return undefined
  }
  const found = pem.includes('-----BEGIN ')
    ? parse(pem)
    : { wrong: 'is not in PEM form; its text must begin with -----BEGIN' }
  if ('held' in found) return { pem, held: found.held }
  problems.push({ setting, message: `${file} ${found.wrong}. ${good}` })
  return undefined
}
