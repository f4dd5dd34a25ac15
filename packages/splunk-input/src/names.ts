/** The folder of the app in `$SPLUNK_HOME/etc/apps`. splunkd keeps the secrets of an app under this name. */
export const appId = 'TA-asana-audit-input'

/** The scheme of the input: its stanzas are `[asana_audit://NAME]`. */
export const schemeName = 'asana_audit'

/** How the framework of the pages (UCC) names the app's settings files and endpoints. */
export const restRoot = 'ta_asana_audit_input'

/** The `source` of every event, as over HEC. The app's props.conf names it too. */
export const eventSource = 'asana:audit_log_api'
