import type { Panel, Place } from '../panel.ts'

/** A store that Grafana asks through a data source, in the language of the store. */
export interface GrafanaStore {
  readonly place: Place
  /** As its makers write it. */
  readonly name: string
  /** The type of the data source. */
  readonly plugin: string
  readonly description: string
  /** A table is read by rows. By default an answer is a series for each group, named by a legend. */
  readonly answersInTables?: true
  /** Texts that a person may change above the panels, beside workspace and actor. */
  readonly inputs?: readonly { readonly name: string; readonly label: string; readonly value: string }[]
  /** What the data source is asked for a panel; its name and `refId` are added. */
  query(panel: Panel): object
}
