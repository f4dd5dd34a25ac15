import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import type { ImageEntry } from './layer.ts'
import { systemPackages } from './system-packages.ts'

/** The user that the command runs as, by number, as `runAsNonRoot` of Kubernetes asks for. */
export const imageUser = 1000

/** Where Debian keeps the licences of what the image takes from the machine. */
const licences = [...systemPackages.keys()].map((name) => `/usr/share/doc/${name}/copyright`)
const certificates = '/etc/ssl/certs/ca-certificates.crt'

/** All files of the image: the executable, the C libraries it is linked with, by absolute path, and what these read. */
export function imageFiles(executable: string, libraries: readonly string[]): ImageEntry[] {
  if (!existsSync(certificates))
    throw new Error(`The image needs ${certificates}: install the package ca-certificates.`)
  const copied = [...libraries, certificates, ...licences.filter(existsSync)]
  return [
    ...copied.map((path) => ({
      name: path.slice(1),
      mode: path.includes('.so') ? 0o755 : 0o644,
      content: readFileSync(path),
    })),
    { name: 'usr/bin/asana-audit', mode: 0o755, content: readFileSync(executable) },
    {
      name: 'usr/share/doc/asana-audit/copyright',
      mode: 0o644,
      content: readFileSync(`${executable}-licences.txt`),
    },
    {
      name: 'etc/passwd',
      mode: 0o644,
      content: `root:x:0:0::/root:/sbin/nologin\nasana-audit:x:${imageUser}:${imageUser}::/var/lib/asana-audit:/sbin/nologin\n`,
    },
    { name: 'etc/group', mode: 0o644, content: `root:x:0:\nasana-audit:x:${imageUser}:\n` },
    { name: 'etc/nsswitch.conf', mode: 0o644, content: 'hosts: files dns\n' },
    { name: 'tmp', mode: 0o1777 },
    { name: 'var/lib/asana-audit', mode: 0o700, owner: imageUser },
  ]
}

/** The C libraries and the loader by absolute path, as the loader of this machine finds them. */
export async function librariesOf(executable: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ldd', [executable])
  return [...stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, path = '']) => path)
}
