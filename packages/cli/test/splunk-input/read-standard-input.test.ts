import { PassThrough } from 'node:stream'
import { readValidationXml } from '@asana-audit/splunk-input'
import { expect, test } from 'vitest'
import { readStandardInput } from '../../src/splunk-input/read-standard-input.ts'

test('a splunkd that never says all of it does not keep an input from stopping', async () => {
  const input = new PassThrough()
  const stop = new AbortController()
  const reading = readStandardInput(readValidationXml, stop.signal, input)
  input.write('<items>')
  stop.abort(new Error('stopped'))
  await expect(reading).rejects.toThrow('stopped')
})

test('a document that is cut off is a fault with a sentence', async () => {
  const input = new PassThrough()
  input.end('<items>')
  await expect(readStandardInput(readValidationXml, undefined, input)).rejects.toMatchObject({
    code: 'bad_input_xml',
  })
})
