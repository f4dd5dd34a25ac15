import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Compression, compress } from '../../src/compression.ts'
import { objectLines } from '../../src/read/object-lines.ts'

async function linesOf(bytes: Uint8Array, compression: Compression): Promise<string[]> {
  return Array.fromAsync(objectLines(bytes, compression))
}

const compressions = ['gzip', 'zstd'] as const

test.each(compressions)(
  'gives the lines that were compressed with %s, whatever they hold',
  async (compression) => {
    const lines = fc.array(fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', '')))
    await fc.assert(
      fc.asyncProperty(lines, async (some) => {
        const bytes = await compress(Buffer.from(some.map((line) => `${line}\n`).join('')), compression)
        expect(await linesOf(bytes, compression)).toEqual(some)
      }),
    )
  },
)

test.each(compressions)('keeps a character that lies between two pieces of %s', async (compression) => {
  const lines = ['x'.repeat(2 ** 16 - 1) + 'é'.repeat(2 ** 16), '😀'.repeat(2 ** 16)]
  expect(
    await linesOf(await compress(Buffer.from(`${lines.join('\n')}\n`), compression), compression),
  ).toEqual(lines)
})

test.each(compressions)('rejects what is cut off or is not %s', async (compression) => {
  const bytes = await compress(Buffer.from('{"a":1}\n{"b":2}\n'), compression)
  await expect(linesOf(bytes.subarray(0, -5), compression)).rejects.toThrow()
  await expect(linesOf(Buffer.from('{"a":1}\n'), compression)).rejects.toThrow()
  const half = await compress(Buffer.from('{"a":1}\n{"b"'), compression)
  await expect(linesOf(half, compression)).rejects.toThrow('its last line is not complete')
})
