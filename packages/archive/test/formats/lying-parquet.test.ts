import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { type FileMetaData, parquetMetadata } from 'hyparquet'
import { ByteWriter } from 'hyparquet-writer'
import { writeMetadata } from 'hyparquet-writer/src/metadata.js'
import { describe, expect, test } from 'vitest'
import { flatColumns } from '../../src/formats/flat/flat-columns.ts'
import { flatParquet } from '../../src/formats/flat/flat-parquet.ts'
import { text } from '../../src/formats/parquet/columns.ts'
import { readParquet } from '../../src/formats/parquet/read-parquet.ts'
import { writeParquet } from '../../src/formats/parquet/write-parquet.ts'
import { eventAt, eventsFrom, newFolder, noon, objectsIn } from '../support/archive-folder.ts'
import { archiveIn, going, verified } from '../support/archive-in.ts'

const honest = (count: number): Promise<Uint8Array> => flatParquet.encode(eventsFrom(noon, count))

type Changeable<T> = T extends readonly (infer One)[] ? Changeable<One>[] : { -readonly [K in keyof T]: T[K] }

/** The same file with a footer that says something else. */
async function withFooter(
  bytes: Uint8Array,
  change: (footer: Changeable<FileMetaData>) => void,
): Promise<Uint8Array> {
  const footer = parquetMetadata(bytes)
  for (const { columns } of footer.row_groups)
    for (const { meta_data: facts } of columns) if (facts) delete facts.statistics
  change(footer)
  const length = Buffer.from(bytes).readUInt32LE(bytes.length - 8)
  const writer = new ByteWriter()
  writeMetadata(writer, footer)
  writer.appendBytes(Buffer.from('PAR1'))
  return Buffer.concat([
    bytes.subarray(0, bytes.length - 8 - length),
    new Uint8Array(writer.getBuffer().slice(0, writer.offset)),
  ])
}

/** A file whose footer has these bytes. */
function footerOf(...bytes: readonly number[]): Uint8Array {
  const end = Buffer.alloc(8)
  end.writeUInt32LE(bytes.length)
  end.write('PAR1', 4)
  return Buffer.concat([Buffer.from('PAR1'), Buffer.from(bytes), end])
}

/** What is wrong with the bytes, as part of a sentence. */
async function reasonOf(bytes: Uint8Array): Promise<string> {
  return await flatParquet.decode(bytes).then(
    (events) => `${events.length} events`,
    (error: Error) => error.message,
  )
}

const firstFacts = ({ row_groups: [group] }: Changeable<FileMetaData>, name: string) =>
  group!.columns.find(({ meta_data: facts }) => facts?.path_in_schema[0] === name)!.meta_data!

describe('a footer is refused that claims', () => {
  test('more bytes than the object has', async () => {
    const bytes = Buffer.from(await honest(3))
    bytes.writeUInt32LE(2 ** 32 - 1, bytes.length - 8)
    expect(await reasonOf(bytes)).toBe(
      `its footer claims 4294967295 bytes, and the object has ${bytes.length}`,
    )
  })

  test('more bytes than any footer of ours', async () => {
    const large = Array.from<number>({ length: 5 * 2 ** 20 }).fill(0)
    expect(await reasonOf(footerOf(...large.slice(0, 9)))).toMatch(/not Parquet/)
    const end = Buffer.alloc(8)
    end.writeUInt32LE(large.length)
    end.write('PAR1', 4)
    const bytes = Buffer.concat([Buffer.from('PAR1'), Buffer.alloc(large.length), end])
    expect(await reasonOf(bytes)).toBe('its footer has 5242880 bytes, more than any object of an archive has')
  })

  test('lists with more members than it has bytes, also in each other', async () => {
    // Field 1 is a list of lists, and each claims some 30 million members.
    const list = [0xf9, 0xff, 0xff, 0xff, 0x0f]
    const bytes = footerOf(0x19, ...Array.from({ length: 20 }, () => list).flat())
    expect(await reasonOf(bytes)).toBe('a list in it claims more members than it has bytes')
  })

  test('numbers without an end, and things inside of things without an end', async () => {
    expect(await reasonOf(footerOf(0x16, ...Array.from<number>({ length: 500 }).fill(0x80)))).toBe(
      'a number in it does not end',
    )
    expect(await reasonOf(footerOf(...Array.from<number>({ length: 500 }).fill(0x1c)))).toMatch(
      /larger than any/,
    )
  })

  test('more rows than its columns have, or than any object has', async () => {
    const bytes = await honest(3)
    const claiming = (rows: bigint, values?: bigint): Promise<Uint8Array> =>
      withFooter(bytes, (footer) => {
        footer.num_rows = rows
        footer.row_groups[0]!.num_rows = rows
        if (values === undefined) return
        for (const { meta_data: facts } of footer.row_groups[0]!.columns) facts!.num_values = values
      })
    expect(await reasonOf(await claiming(3n))).toBe('3 events')
    expect(await reasonOf(await claiming(3_000_000n, 3_000_000n))).toBe(
      'its footer claims 3000000 rows, more than any object of an archive has',
    )
    expect(await reasonOf(await claiming(1_000n))).toBe(
      'its footer claims 1000 rows, and a column of them with 3 values',
    )
    expect(await reasonOf(await claiming(1_000n, 1_000n))).toBe(
      'its footer claims 1000 values of a column whose pages have 3',
    )
    expect(await reasonOf(await claiming(-3n))).toBe('its footer claims less than nothing')
    const differing = await withFooter(bytes, (footer) => {
      footer.num_rows = 4n
    })
    expect(await reasonOf(differing)).toBe('its footer claims 4 rows in all, and 3 in its parts')
  })

  test('a column after the end of the object, or the same bytes for many columns', async () => {
    const bytes = await honest(3)
    const after = await withFooter(bytes, (footer) => {
      firstFacts(footer, 'event').total_compressed_size = 2n ** 31n
    })
    expect(await reasonOf(after)).toBe('its footer claims a column after its end')
    const again = await withFooter(bytes, ({ row_groups: [group] }) => {
      const event = group!.columns.at(-1)!
      for (let copy = 0; copy < 200; copy += 1) group!.columns.push(event)
    })
    expect(await reasonOf(again)).toBe('its columns claim more bytes than it has')
  })

  test('another compression or encoding than we write', async () => {
    const other = await withFooter(await honest(3), (footer) => {
      firstFacts(footer, 'event').codec = 'SNAPPY'
    })
    expect(await reasonOf(other)).toBe('it is compressed with SNAPPY, as no object of an archive is')
  })
})

test('a page is refused whose run claims more values than the page has', async () => {
  // Levels are stored as they are: all 20,000 are the same, so they are one run.
  const columns = [{ elements: text('event'), value: () => '{}' }]
  const rows = Array.from({ length: 20_000 }, () => ({}))
  const bytes = Buffer.from(await writeParquet({ columns, rows, metadata: {} }))
  const run = Buffer.from([0xc0, 0xb8, 0x02, 0x01])
  const at = bytes.indexOf(run)
  expect(at).toBeGreaterThan(0)
  expect(await readParquet(bytes)).toHaveLength(20_000)
  bytes.set([0xfe, 0xff, 0x7f], at)
  await expect(readParquet(bytes)).rejects.toThrow('a page claims more values than its header says')
})

test('an object of one text that stands for far too many is refused', async () => {
  // A dictionary holds the text once.
  const long = JSON.stringify(eventAt(1, noon, { text: 'x'.repeat(200_000) }))
  const columns = flatColumns.map((column) =>
    column.elements[0].name === 'event' ? { ...column, value: () => long } : column,
  )
  const rows = Array.from({ length: 4_000 }, (_, index) => eventAt(index, noon))
  const bytes = await writeParquet({ columns, rows, metadata: {} })
  expect(bytes.length).toBeLessThan(1_000_000)
  expect(await reasonOf(bytes)).toMatch(
    /^its events have \d+ characters, more than any object of an archive has$/,
  )
})

test('whatever byte of an object is changed, it is read or refused with an Error', async () => {
  const bytes = await honest(30)
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 })), {
        minLength: 1,
        maxLength: 4,
      }),
      async (changes) => {
        const changed = Buffer.from(bytes)
        for (const [at, byte] of changes) changed[at] = byte
        const found = await readParquet(changed).catch((error: unknown) => error)
        if (!(found instanceof Error)) expect(found).toHaveLength(30)
      },
    ),
    { numRuns: 300 },
  )
})

describe('archive verify', () => {
  async function archived(): Promise<{ folder: string; key: string; path: string }> {
    const folder = newFolder()
    const sink = archiveIn(folder, { formats: ['flat'] })
    await sink.write(eventsFrom(noon, 30), going())
    await sink.close()
    const [key = ''] = await objectsIn(folder, 'flat/')
    return { folder, key, path: join(folder, key) }
  }

  test('calls such an object damaged, and says the reason', async () => {
    const { folder, key, path } = await archived()
    const lying = await withFooter(await readFile(path), (footer) => {
      footer.num_rows = 3_000_000n
      footer.row_groups[0]!.num_rows = 3_000_000n
    })
    await writeFile(path, lying)
    const { problems } = await verified(folder)
    expect(problems).toMatchObject([{ code: 'damaged', key }])
    expect(problems[0]?.message).toContain(
      'was changed and cannot be read: its footer claims 3000000 rows, more than any object of an archive has.',
    )
  })

  test('says that an object was changed of which only another column cannot be read', async () => {
    const { folder, key, path } = await archived()
    const bytes = await readFile(path)
    const type = firstFacts(parquetMetadata(bytes), 'event_type')
    const from = Number(type.dictionary_page_offset ?? type.data_page_offset)
    bytes.fill(0xff, from, from + Number(type.total_compressed_size))
    await writeFile(path, bytes)
    expect((await verified(folder)).problems).toMatchObject([{ code: 'changed', key }])
  })
})
