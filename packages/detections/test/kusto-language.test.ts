import '@kusto/language-service-next/bridge.min.js'
import '@kusto/language-service-next/Kusto.Language.Bridge.min.js'
import { asimCollectionRule } from '@asana-audit/schema/dialects/asim'
import { expect, test } from 'vitest'
import { sentinelPack } from '../../../scripts/detections/sentinel/sentinel-pack.ts'
import native from '../../schema/test/data/asim-tables.json' with { type: 'json' }
import { shippedRules } from '../src/index.ts'

// Microsoft's own parser of KQL, which looks up every table, column, function and type. It is compiled from C# and has no module.

interface Diagnostic {
  readonly Severity: string
  readonly Message: string
}

interface Language {
  readonly Symbols: {
    readonly TableSymbol: { From(schema: string): { WithName(name: string): object } }
    readonly DatabaseSymbol: { readonly ctor: new (name: string, tables: readonly object[]) => object }
  }
  readonly GlobalState: { readonly Default: { WithDatabase(database: object): object } }
  readonly KustoCode: {
    ParseAndAnalyze(text: string, globals: object): { GetDiagnostics(): DiagnosticList }
  }
}

interface DiagnosticList {
  readonly Count: number
  getItem(index: number): Diagnostic
}

const { Language: kusto } = (globalThis as unknown as { Kusto: { Language: Language } }).Kusto

function table(name: string, columns: readonly (readonly [string, string])[]): object {
  const text = columns.map(([column, type]) => `${column}: ${type === 'boolean' ? 'bool' : type}`)
  return kusto.Symbols.TableSymbol.From(`(${text.join(', ')})`).WithName(name)
}

const { streamDeclarations, dataFlows } = asimCollectionRule().properties
const [stream] = Object.values(streamDeclarations)
const globals = kusto.GlobalState.Default.WithDatabase(
  new kusto.Symbols.DatabaseSymbol.ctor('workspace', [
    ...Object.entries(native.tables).map(([name, columns]) => table(name, Object.entries(columns))),
    table('source', stream?.columns.map(({ name, type }) => [name, type]) ?? []),
  ]),
)

/** What the parser says of a query. */
function diagnostics(query: string): string[] {
  const list = kusto.KustoCode.ParseAndAnalyze(query, globals).GetDiagnostics()
  return Array.from({ length: list.Count }, (_, index) => list.getItem(index).Message)
}

const files = sentinelPack(await shippedRules())
const asanaAudit = `let AsanaAudit = () {\n${files.get('AsanaAudit.kql')}\n};\n`
const queries = [...files].filter(([name]) => name.endsWith('.kql') && name !== 'AsanaAudit.kql')

test('it complains of a column that does not exist, in a query and in the function', () => {
  expect(diagnostics('source | where Nope == 1')).toEqual([expect.stringContaining("'Nope'")])
  expect(diagnostics(`${asanaAudit}AsanaAudit() | where nope == 1`)).toEqual([
    expect.stringContaining("'nope'"),
  ])
})

test.each(queries)('%s is right', (_, text) => {
  expect(diagnostics(asanaAudit + text.replace(/^AsanaAudit$/m, 'AsanaAudit()'))).toEqual([])
})

test.each(dataFlows)('the transformation into $outputStream is right', ({ transformKql }) => {
  expect(diagnostics(transformKql)).toEqual([])
})
