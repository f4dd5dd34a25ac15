import { writeFileSync } from 'node:fs'
import { rootCertificates } from 'node:tls'
import { expect, test } from 'vitest'
import { readSettings } from '../../src/config/read-settings.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const file = temporaryFolder()
const good = { ASANA_TOKEN: 'secret', ASANA_WORKSPACE: '42' }

test.each([
  ['empty', ''],
  ['not in PEM form', 'no certificate'],
])(
  'a certificate file that is %s is a problem, because all public certificates would be trusted instead',
  async (_, text) => {
    writeFileSync(file('ca.pem'), text)
    const message = expect.stringContaining('-----BEGIN')
    const env = { ...good, ASANA_CA_FILE: file('ca.pem') }
    expect(await readSettings({ to: ['stdout'] }, env)).toEqual({
      problems: [{ setting: 'ASANA_CA_FILE', message }],
    })
    const config = file('a.yaml')
    writeFileSync(config, `pipelines: [{ workspace: 1, to: stdout, ca_file: "${file('ca.pem')}" }]`)
    expect(await readSettings({ config }, good)).toEqual({
      problems: [{ setting: `${config}, line 1: pipelines[0].ca_file`, message }],
    })
  },
)

test('only the certificates of the file are trusted', async () => {
  const [pem = ''] = rootCertificates
  writeFileSync(file('good.pem'), pem)
  const env = { ...good, ASANA_CA_FILE: file('good.pem') }
  const reading = await readSettings({ to: ['stdout'] }, env)
  if ('problems' in reading) throw new Error(JSON.stringify(reading.problems))
  const [pipeline] = reading.settings.pipelines
  expect(await pipeline?.http.credentials?.(() => {})).toEqual({ ca: pem })
})
